@testable import Desk
import DeskProtocol
import Testing
import Vocabulary

@Suite("Past and present of a topic")
struct StreamTests {
    private let topic = Topic.feed(.make(at: Timestamp(milliseconds: 1)))

    private func delivered(_ number: Int64?) -> Delivered {
        Delivered(topic: topic, number: number, frame: OutgoingFrame(.resync, for: .staff))
    }

    @Test("what comes while the past is read waits, and only what is newer follows")
    func settles() {
        var stream = Stream(after: 3)
        for number in [4, 5, 6] as [Int64] { #expect(stream.receive(delivered(number)) == nil) }
        stream.sent(upTo: 5)
        #expect(stream.settle()?.map(\.number) == [6])
        #expect(stream.top == 6)
    }

    @Test("live, nothing goes out twice")
    func live() {
        var stream = Stream(after: 0)
        #expect(stream.settle()?.isEmpty == true)
        #expect(stream.receive(delivered(1))?.number == 1)
        #expect(stream.receive(delivered(1)) == nil)
        #expect(stream.receive(delivered(2))?.number == 2)
        #expect(stream.receive(delivered(nil)) != nil)
    }

    @Test("a flood while the past is read makes it be read again, not memory grow")
    func floods() {
        var stream = Stream(after: 0)
        for number in 1...Int64(Stream.waitingLimit + 10) { _ = stream.receive(delivered(number)) }
        #expect(stream.settle() == nil)
        stream.sent(upTo: Int64(Stream.waitingLimit + 10))
        #expect(stream.settle()?.isEmpty == true)
        #expect(stream.receive(delivered(Int64(Stream.waitingLimit + 11))) != nil)
    }
}

@Suite("Allowances")
struct AllowanceTests {
    private func at(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: milliseconds) }

    @Test("gives so many at once, then as time passes")
    func refills() {
        var allowance = Allowance(2, per: .seconds(10), at: at(0))
        #expect(allowance.take(at: at(0)) == nil)
        #expect(allowance.take(at: at(0)) == nil)
        let wait = allowance.take(at: at(0))
        #expect(wait == 5_001)
        #expect(allowance.take(at: at(5_001)) == nil)
        #expect(allowance.take(at: at(5_002)) != nil)
    }

    @Test("a clock that jumps back neither gives nor breaks")
    func jumps() {
        var allowance = Allowance(1, per: .seconds(1), at: at(10_000))
        #expect(allowance.take(at: at(10_000)) == nil)
        #expect(allowance.take(at: at(0)) != nil)
        #expect(allowance.take(at: at(10_500)) != nil)
        #expect(allowance.take(at: at(11_001)) == nil)
    }
}

@Suite("Origins as people paste them")
struct OriginTests {
    @Test(
        "are kept as browsers write them",
        arguments: [
            ("https://shop.example", "https://shop.example"), (" HTTPS://Shop.Example/ ", "https://shop.example"),
            ("https://shop.example:443/a?b#c", "https://shop.example"), ("http://localhost:8080", "http://localhost:8080"),
            ("http://[::1]:3000", "http://[::1]:3000"), ("http://shop.example:80", "http://shop.example"),
        ])
    func kept(_ pasted: String, _ origin: String) {
        #expect(Origin(pasted)?.text == origin)
    }

    @Test(
        "are refused when they are none",
        arguments: [
            "", "shop.example", "ftp://shop.example", "https://", "https://*.example", "https://a b", "https://u:p@x", "https://x;y",
            "javascript:alert(1)", "https://:443",
        ])
    func refused(_ pasted: String) {
        #expect(Origin(pasted) == nil)
    }
}
