import ModelProtocol
import TestSupport
import Testing

/// A block as it was told.
struct ToldEvent: Equatable, CustomStringConvertible {
    let kind: ServerSentEvent.Kind
    let name: String
    let data: String
    /// Offset in the whole stream.
    let end: Int

    var description: String { "\(kind) \(name) \(data) \(end)" }

    /// Everything a reader tells of `pieces`.
    static func all(_ pieces: [[UInt8]], limit: Int = ServerSentEvents.defaultLimit) -> [ToldEvent] {
        var events = ServerSentEvents(limit: limit)
        var told: [ToldEvent] = []
        var offset = 0
        for piece in pieces {
            let border = piece.withUnsafeBytes { bytes in events.read(bytes) { told.append(ToldEvent($0, offset)) } }
            if let last = told.last, last.end > offset { #expect(border >= last.end - offset) }
            #expect(border <= piece.count)
            offset += piece.count
        }
        events.finish { told.append(ToldEvent($0, offset)) }
        return told
    }

    private init(_ event: ServerSentEvent, _ offset: Int) {
        kind = event.kind
        name = String(decoding: event.name, as: UTF8.self)
        data = String(decoding: event.data, as: UTF8.self)
        end = offset + event.end
    }

    init(_ kind: ServerSentEvent.Kind, _ name: String, _ data: String, _ end: Int) {
        self.kind = kind
        self.name = name
        self.data = data
        self.end = end
    }

    /// A CR at the end of a chunk ends a block before its LF is seen: the offsets may differ by that one byte.
    func isLike(_ other: ToldEvent) -> Bool {
        kind == other.kind && name == other.name && data == other.data && abs(end - other.end) <= 1
    }
}

@Suite("Server-sent events")
struct ServerSentEventsTests {
    @Test(
        "reads each form of lines and fields",
        arguments: [
            ("data: a\n\n", [ToldEvent(.event, "", "a", 9)]),
            ("data:a\n\ndata: b\n\n", [ToldEvent(.event, "", "a", 8), ToldEvent(.event, "", "b", 17)]),
            ("event: x\ndata: a\ndata: b\n\n", [ToldEvent(.event, "x", "a\nb", 26)]), ("data: a\r\n\r\n", [ToldEvent(.event, "", "a", 11)]),
            ("data: a\r\rdata: b\r\n\n", [ToldEvent(.event, "", "a", 9), ToldEvent(.event, "", "b", 19)]),
            (": ping\n\n", [ToldEvent(.silent, "", "", 8)]), (": ping\ndata: a\n\n", [ToldEvent(.event, "", "a", 16)]),
            ("event: x\n\n", [ToldEvent(.silent, "x", "", 10)]),
            ("id: 1\nretry: 5\ndatum: x\ndata\n\n", [ToldEvent(.event, "", "", 30)]),
            ("data:  two\n\n", [ToldEvent(.event, "", " two", 12)]), ("data:\ndata:\n\n", [ToldEvent(.event, "", "\n", 13)]),
            ("\u{FEFF}data: a\n\n", [ToldEvent(.event, "", "a", 12)]), ("\n\n\r\ndata: a\n\n\n", [ToldEvent(.event, "", "a", 13)]),
            ("data: é客\n\n", [ToldEvent(.event, "", "é客", 13)]),
            ("event: x\nevent: y\ndata: a\n\ndata: b\n\n", [ToldEvent(.event, "y", "a", 27), ToldEvent(.event, "", "b", 36)]),
            ("data: [DONE]", [ToldEvent(.event, "", "[DONE]", 12)]),
            ("data: [DONE]\n", [ToldEvent(.event, "", "[DONE]", 13)]), ("", []), ("\n", []),
            ("Data: a\n\n", [ToldEvent(.silent, "", "", 9)]), (" data: a\n\n", [ToldEvent(.silent, "", "", 10)]),
        ])
    func forms(_ text: String, _ events: [ToldEvent]) {
        #expect(ToldEvent.all([Array(text.utf8)]) == events)
    }

    static let stream =
        "\u{FEFF}event: message_start\r\ndata: {\"a\":\"é客😀\"}\r\n\r\n: ping\n\nevent: ping\ndata: {}\n\ndata: one\rdata: two\r\rid: 7\ndata\n\n\nevent: x\n\ndata: last"

    @Test("tells the same whatever the cuts")
    func cuts() {
        let bytes = Array(Self.stream.utf8)
        let whole = ToldEvent.all([bytes])
        #expect(whole.count == 7)
        for first in 0...bytes.count {
            for second in stride(from: first, through: bytes.count, by: 3) {
                let told = ToldEvent.all(bytes.pieces(at: [first, second]))
                #expect(told.count == whole.count && zip(told, whole).allSatisfy { $0.isLike($1) })
            }
        }
        let single = ToldEvent.all(bytes.map { [$0] })
        #expect(single.count == whole.count && zip(single, whole).allSatisfy { $0.isLike($1) })
    }

    @Test("tells the same whatever the cuts of any bytes", arguments: 0..<10)
    func noise(_ seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<4_000 {
            let bytes = Mutation.applied(to: Array(Self.stream.utf8), &random)
            let limit = Int.random(in: 5...60, using: &random)
            let whole = ToldEvent.all([bytes], limit: limit)
            let told = ToldEvent.all(bytes.pieces(at: Mutation.cuts(bytes.count, &random)), limit: limit)
            if told.count != whole.count || !zip(told, whole).allSatisfy({ $0.isLike($1) }) {
                Issue.record("differs on \(bytes.text): \(told) \(whole)")
            }
        }
    }

    @Test("gives borders at which the stream can be cut")
    func borders() {
        var events = ServerSentEvents()
        let read = { (text: String) in Array(text.utf8).withUnsafeBytes { bytes in events.read(bytes) { _ in } } }
        #expect(events.isAtBorder)
        #expect(read("data: a\n\ndata: b\n\ndat") == 18)
        #expect(!events.isAtBorder)
        #expect(read("a: c") == 0)
        #expect(read("\n") == 0)
        #expect(!events.isAtBorder)
        #expect(read("\n") == 1)
        #expect(events.isAtBorder)
        #expect(read(": p") == 0)
        #expect(!events.isAtBorder)
        #expect(read("ing\n\n\n") == 6)
        #expect(read("data: a\r\n\r") == 10)
        #expect(read("\ndata: b") == 1)
    }

    @Test("passes over blocks beyond the limit, keeps their borders and reads on")
    func large() {
        let long = String(repeating: "x", count: 200)
        for text in [
            "event: big\ndata: \(long)\ndata: tail\n\ndata: b\n\n",
            "event: big\n\(String(repeating: "data: 123456\n", count: 12))data: 1\n\ndata: b\n\n",
        ] {
            let bytes = Array(text.utf8)
            let expected = [ToldEvent(.large, "big", "", bytes.count - 9), ToldEvent(.event, "", "b", bytes.count)]
            for size in [1, 7, 64, 100, 4_000] {
                #expect(ToldEvent.all(bytes.pieces(at: Array(stride(from: size, to: bytes.count, by: size))), limit: 100) == expected)
            }
        }
        let comments = Array((String(repeating: ": ping\n", count: 100) + ": \(long)\ndata: a\n\n").utf8)
        #expect(ToldEvent.all([comments], limit: 20) == [ToldEvent(.event, "", "a", comments.count)])
        #expect(ToldEvent.all(comments.map { [$0] }, limit: 20) == [ToldEvent(.event, "", "a", comments.count)])
    }

    @Test("takes time that grows with the length only, even byte by byte")
    func linear() {
        var events = ServerSentEvents()
        var told = 0
        let byte: [UInt8] = Array("x".utf8)
        let time = ContinuousClock().measure {
            Array("data: ".utf8).withUnsafeBytes { bytes in _ = events.read(bytes) { _ in told += 1 } }
            for _ in 0..<300_000 { byte.withUnsafeBytes { bytes in _ = events.read(bytes) { _ in told += 1 } } }
        }
        events.finish { event in told += event.data.count == 300_000 ? 1 : 0 }
        #expect(told == 1)
        #expect(time < .seconds(10))
    }
}
