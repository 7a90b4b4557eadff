import Testing
import TestSupport

@testable import BlackBox

@Suite("What an input is like")
struct InputFingerprintTests {
    private func request(_ method: String, _ target: String, _ bytes: Int? = nil) -> UInt64 {
        InputFingerprint.request(method: method, target: target, bytes: bytes)
    }

    private func frame(_ text: String, path: String = "/ws/customer/abc") -> UInt64 {
        var text = text
        return text.withUTF8 { InputFingerprint.frame(socket: InputFingerprint.socket(path: path), UnsafeRawBufferPointer($0)) }
    }

    @Test("a client that tries again is recognised: other ids, other numbers, a little longer")
    func alike() {
        #expect(
            request("GET", "/api/conversations/01KC0000000000000000000000/messages?after=9")
                == request("GET", "/api/conversations/01KCZZZZZZZZZZZZZZZZZZZZZZ/messages?after=8"))
        #expect(request("POST", "/v1/messages", 1_000) == request("POST", "/v1/messages", 1_020))
        #expect(
            frame(#"{"type":"send","text":"hello you there","clientID":"01KC0000000000000000000000","ref":9}"#)
                == frame(#"{"type":"send","text":"other words. 1","clientID":"01KCZZZZZZZZZZZZZZZZZZZZZZ","ref":10}"#))
    }

    @Test("other verbs, paths, lengths, types and kinds of characters are others")
    func different() {
        let prints = [
            request("GET", "/api/inbox"), request("POST", "/api/inbox"), request("GET", "/api/shops"), request("GET", "/api"),
            request("GET", "/api/"),
            request("GET", "/api/inbox?a=1"), request("POST", "/api/inbox", 10), request("POST", "/api/inbox", 100),
            request("POST", "/api/inbox", 0),
            frame(#"{"type":"send","text":"hello"}"#), frame(#"{"type":"read","text":"hello"}"#),
            frame(#"{"type":"send","text":"hell\"o"}"#),
            frame(#"{"type":"send","text":"héllo"}"#), frame(#"{"type":"send","text":["a"]}"#),
            frame(#"{"type":"send","text":"hello"}"#, path: "/ws/staff"),
            frame(#"{"type":"send","text":"hello, which is a good deal longer than that"}"#), frame(""), frame("x"), frame("["),
        ]
        #expect(Set(prints).count == prints.count)
        #expect(!prints.contains(0))
    }

    @Test("no content is in it: of another text with the same shape the number is the same", arguments: 0..<200 as Range<UInt64>)
    func noContent(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let letters = Array("abcdefghijklmnopqrstuvwxyz ABCDEFGH.,;!?0123456789")
        let length = Int.random(in: 0...600, using: &random)
        func text() -> String { String((0..<length).compactMap { _ in letters.randomElement(using: &random) }) }
        #expect(frame(#"{"type":"send","text":"\#(text())"}"#) == frame(#"{"type":"send","text":"\#(text())"}"#))
    }

    @Test("any bytes have one, the same each time, and it never reads beyond them")
    func hostile() {
        for seed in 0..<20_000 {
            var random = SeededRandom(seed: UInt64(seed))
            let bytes = (0..<Int.random(in: 0...70, using: &random)).map { _ in UInt8.random(in: .min ... .max, using: &random) }
            let exact = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, bytes.count), alignment: 1)
            defer { exact.deallocate() }
            exact.copyBytes(from: bytes)
            let text = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(exact)[..<bytes.count])
            let first = InputFingerprint.frame(socket: 1, text)
            #expect(first == InputFingerprint.frame(socket: 1, text) && first != 0)
            let target = String(decoding: bytes, as: UTF8.self)
            #expect(request(target, target, seed) == request(target, target, seed))
        }
    }

    @Test("the last bytes count as well, wherever the words of eight end", arguments: 10...40)
    func tails(length: Int) {
        let plain = #"{"type":"x","#.padded(to: length)
        let slash = plain.dropLast() + "\\"
        #expect(frame(plain) != frame(String(slash)))
    }
}

extension String {
    fileprivate func padded(to length: Int) -> String {
        self + String(repeating: "a", count: max(0, length - utf8.count))
    }
}

@Suite("Quarantine")
struct QuarantineTests {
    @Test("holds back what it was told and lets everything else pass, until it is released")
    func holding() {
        let quarantine = Quarantine()
        #expect(quarantine.incident(of: 7) == nil && quarantine.size == 0)
        quarantine.hold(7, incident: "20261121-4711")
        #expect(quarantine.incident(of: 7) == "20261121-4711" && quarantine.incident(of: 8) == nil)
        quarantine.hold(7, incident: "later")
        #expect(quarantine.size == 1 && quarantine.incident(of: 7) == "later")
        quarantine.release()
        #expect(quarantine.incident(of: 7) == nil)
    }

    @Test(
        "obeys an order of the supervisor, and nothing else",
        arguments: [("2a", 42, "2a"), ("ff incident-9", 255, "incident-9"), ("FF a\"b\\c\nd", 255, "abcd")] as [(String, UInt64, String)])
    func orders(order: String, fingerprint: UInt64, incident: String) {
        let quarantine = Quarantine()
        #expect(quarantine.obey(order) && quarantine.incident(of: fingerprint) == incident)
    }

    @Test("rubbish is no order", arguments: ["", "zz", "0", "11112222333344445", "-1", " "])
    func rubbish(order: String) {
        let quarantine = Quarantine()
        #expect(!quarantine.obey(order) && quarantine.size == 0)
    }

    @Test("no more than 64 kinds are held: the oldest goes")
    func bounded() {
        let quarantine = Quarantine()
        for number in 1...100 { quarantine.hold(UInt64(number), incident: "x") }
        #expect(quarantine.size == 64 && quarantine.incident(of: 36) == nil && quarantine.incident(of: 37) == "x")
    }
}
