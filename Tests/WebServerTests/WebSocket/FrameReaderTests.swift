import NIOCore
import Testing
import TestSupport

@testable import WebServer

@Suite("Incoming frames")
struct FrameReaderTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let frames: [ByteBuffer]
        let expected: [SocketInput]
        var limit = 1_000
    }

    static let cases: [Case] = [
        Case(testDescription: "a text", frames: [frame(1, "hé")], expected: [.text(ByteBuffer(string: "hé"))]),
        Case(testDescription: "an empty text", frames: [frame(1, "")], expected: [.text(ByteBuffer())]),
        Case(testDescription: "a binary message", frames: [bytes(2, [0, 255])], expected: [.binary(ByteBuffer(bytes: [0, 255]))]),
        Case(
            testDescription: "fragments around a ping",
            frames: [frame(1, "a", final: false), frame(9, "p"), frame(0, "b", final: false), frame(0, "c")],
            expected: [.ping(ByteBuffer(string: "p")), .text(ByteBuffer(string: "abc"))]),
        Case(
            testDescription: "a character cut by a fragment", frames: [bytes(1, [0xE4, 0xBD], final: false), bytes(0, [0xA0])],
            expected: [.text(ByteBuffer(string: "你"))]),
        Case(testDescription: "a pong", frames: [frame(10, "x")], expected: [.pong]),
        Case(testDescription: "a bare close", frames: [frame(8, "")], expected: [.close(code: nil)]),
        Case(testDescription: "a close with code and reason", frames: [bytes(8, [0x03, 0xE8, 0x6F])], expected: [.close(code: 1_000)]),
        Case(testDescription: "nothing after a close", frames: [frame(8, ""), frame(1, "x")], expected: [.close(code: nil)]),
        failure("half a close code", [bytes(8, [3])], 1_002),
        failure("a reserved close code", [bytes(8, [0x03, 0xED])], 1_002),
        failure("a close reason that is no UTF-8", [bytes(8, [0x03, 0xE8, 0xFF])], 1_007),
        failure("a reserved opcode", [frame(3, "")], 1_002),
        failure("a reserved control opcode", [frame(11, "")], 1_002),
        failure("a fragmented ping", [frame(9, "", final: false)], 1_002),
        failure("a long ping", [bytes(9, [UInt8](repeating: 0, count: 126))], 1_002),
        failure("a continuation of nothing", [frame(0, "x")], 1_002),
        failure("a message within a message", [frame(1, "a", final: false), frame(1, "b")], 1_002),
        failure("an unmasked frame", [RawSocket.frame(1, [65], masked: false)], 1_002),
        failure("reserved bits", [ByteBuffer(bytes: [0xC1, 0x80, 0, 0, 0, 0])], 1_002),
        failure("a length that is longer than it need be", [ByteBuffer(bytes: [0x82, 0xFE, 0, 5])], 1_002),
        failure("a length with the highest bit", [ByteBuffer(bytes: [0x82, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0])], 1_002),
        failure("a text that is no UTF-8", [bytes(1, [0xFF])], 1_007),
        failure("a text that ends within a character", [bytes(1, [0xE4, 0xBD])], 1_007),
        failure("one byte over the limit", [bytes(2, [UInt8](repeating: 1, count: 1_001))], 1_009),
        failure("fragments over the limit", [bytes(2, [UInt8](repeating: 1, count: 999), final: false), bytes(0, [1, 2])], 1_009),
        failure("an announced gigabyte, at its header", [ByteBuffer(bytes: [0x82, 0xFF, 0, 0, 0, 0, 0x40, 0, 0, 0])], 1_009),
    ]

    @Test("are read alike whole and byte by byte", arguments: cases)
    func readsAlike(_ one: Case) {
        var whole = one.frames.reduce(into: ByteBuffer()) { $0.writeImmutableBuffer($1) }
        let bytes = Array(whole.readableBytesView)
        #expect(kinds(read(one.limit, &whole)) == kinds(one.expected))

        var reader = FrameReader(limit: one.limit)
        var heard: [SocketInput] = []
        for byte in bytes {
            var buffer = ByteBuffer(bytes: [byte])
            while let input = reader.next(from: &buffer) { heard.append(input) }
        }
        #expect(kinds(heard) == kinds(one.expected))
    }

    @Test("that can't become UTF-8 are refused before the frame is whole")
    func failsFast() {
        var reader = FrameReader(limit: 1_000)
        var start = ByteBuffer(bytes: Array(RawSocket.frame(1, [0x61, 0xC0, 0x61, 0x61]).readableBytesView.prefix(8)))
        let heard = reader.next(from: &start)
        #expect(kinds([heard].compactMap(\.self)) == ["failure 1007"])
    }

    @Test("of 64 KiB arrive unchanged however they are cut", arguments: [1, 7, 8, 4_096])
    func largeFrames(chunk: Int) {
        let payload = (0..<65_536).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        var rest = RawSocket.frame(2, payload)
        var reader = FrameReader(limit: 65_536)
        var heard: [SocketInput] = []
        while var part = rest.readSlice(length: min(chunk, rest.readableBytes)), part.readableBytes > 0 {
            while let input = reader.next(from: &part) { heard.append(input) }
        }
        #expect(heard == [.binary(ByteBuffer(bytes: payload))])
    }

    @Test("of random bytes never trap and never come after an end")
    func randomBytes() {
        var random = SeededRandom(seed: 6_455)
        for _ in 0..<20_000 {
            var reader = FrameReader(limit: 200)
            var buffer = ByteBuffer(
                bytes: (0..<Int.random(in: 1...60, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) })
            var isEnded = false
            while let input = reader.next(from: &buffer) {
                if isEnded { Issue.record("something came after the end") }
                switch input {
                case .failure(let code, _):
                    if ![1_002, 1_007, 1_009].contains(code) { Issue.record("code \(code)") }
                    isEnded = true
                case .close: isEnded = true
                default: break
                }
            }
        }
    }

    private static func failure(_ name: String, _ frames: [ByteBuffer], _ code: UInt16) -> Case {
        Case(testDescription: name, frames: frames, expected: [.failure(code: code, reason: "")])
    }

    private static func frame(_ opcode: UInt8, _ text: String, final: Bool = true) -> ByteBuffer {
        RawSocket.frame(opcode, Array(text.utf8), final: final)
    }

    private static func bytes(_ opcode: UInt8, _ bytes: [UInt8], final: Bool = true) -> ByteBuffer {
        RawSocket.frame(opcode, bytes, final: final)
    }

    private func read(_ limit: Int, _ buffer: inout ByteBuffer) -> [SocketInput] {
        var reader = FrameReader(limit: limit)
        var heard: [SocketInput] = []
        while let input = reader.next(from: &buffer) { heard.append(input) }
        return heard
    }

    /// Failures without their wording.
    private func kinds(_ inputs: [SocketInput]) -> [String] {
        inputs.map {
            switch $0 {
            case .failure(let code, _): "failure \(code)"
            case .text(let text): "text \(String(buffer: text))"
            case .binary(let bytes): "binary \(bytes.readableBytes)"
            case .ping(let payload): "ping \(String(buffer: payload))"
            case .pong: "pong"
            case .close(let code): "close \(code.map(String.init) ?? "-")"
            }
        }
    }
}
