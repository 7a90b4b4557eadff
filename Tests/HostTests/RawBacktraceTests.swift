import TestSupport
import Testing

@testable import Host

struct RawBacktraceTests {
    /// As the runtime of Swift 6.3 writes it.
    static let report = """
        { "timestamp": "2026-11-21T17:57:21.854595Z", "kind": "crashReport", "description": "Illegal instruction", \
        "faultAddress": "0x000055df4ca57b08", "platform": "Linux", "architecture": "x86_64", "threads": [ { "name": "loop-1", \
        "crashed": true, "registers": {"rax": "0x5ec2e7", "rsp": "0x00007f2c673febf0" }, "frames": [ \
        { "kind": "programCounter", "address": "0x000055df4ca57b08" }, { "kind": "returnAddress", "address": "0x000055df4ca57be6" }, \
        { "kind": "asyncResumePoint", "address": "0x000055df4ca57810" }, { "kind": "omittedFrames", "count": 40 }, \
        { "kind": "truncated" } ] } ], "omittedThreads": 3, "omittedImages": 12, "images": [ { "name": "switchboard", "buildId": "034b0c", \
        "path": "/srv/switchboard", "baseAddress": "0x000055df4ca56000", "endOfText": "0x000055df4ca58180" } ] , "backtraceTime": 0.008 }
        """

    @Test("the runtime's report is read: frames, images, no registers")
    func report() throws {
        let raw = try #require(RawBacktrace(json: Array(Self.report.utf8)))
        #expect(raw.frames.map(\.kind) == [.programCounter, .returnAddress, .asyncResumePoint, .omitted(40), .truncated])
        #expect(raw.image(of: 0x55df4ca57b08)?.name == "switchboard" && raw.image(of: 0x55df4ca58180) == nil)
        #expect(raw.thread == "loop-1" && !raw.isAtStackEnd && !raw.json.contains("5ec2e7"))
        #expect(RawBacktrace(json: Array(raw.json.utf8)) == raw)
    }

    @Test(
        "a fault next to the stack pointer means that the stack is used up, unless it is a null pointer",
        arguments: [
            ("0x00007ffd3cb80ff8", "0x00007ffd3cb81000", true), ("0x00007ffd3cb81008", "0x00007ffd3cb81000", true),
            ("0x0000000001234560", "0x00007ffd3cb81000", false), ("0x0000000000000000", "0x0000000000000100", false),
            ("0xffffffffffffffff", "0xffffffffffffff00", true),
        ])
    func stackEnd(fault: String, stack: String, isAtEnd: Bool) throws {
        let text = Self.report.replacing("0x000055df4ca57b08\", \"platform", with: "\(fault)\", \"platform")
            .replacing("0x00007f2c673febf0", with: stack)
        let raw = try #require(RawBacktrace(json: Array(text.utf8)))
        #expect(raw.isAtStackEnd == isAtEnd)
        #expect(RawBacktrace(json: Array(raw.json.utf8))?.isAtStackEnd == isAtEnd)
    }

    @Test("the same crash of the same build has one signature wherever it was laid; another place has another")
    func signature() throws {
        let raw = try #require(RawBacktrace(json: Array(Self.report.utf8)))
        let moved = try #require(RawBacktrace(json: Array(Self.report.replacing("0x000055df4ca5", with: "0x000056df4ca5").utf8)))
        let other = try #require(RawBacktrace(json: Array(Self.report.replacing("57be6", with: "57be7").utf8)))
        #expect(raw.signature == moved.signature && raw.signature != other.signature && raw.signature != nil)
        var empty = raw
        empty.frames = []
        #expect(empty.signature == nil)
    }

    @Test("broken and hostile reports are refused or read, never a trap", arguments: 0..<500)
    func fuzz(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        var bytes = Array(Self.report.utf8)
        for _ in 0..<Int.random(in: 1...30, using: &random) {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes.removeSubrange(place..<min(bytes.count, place + 9))
            default: bytes.insert(contentsOf: Array("\"0xffffffffffffffff\"".utf8), at: place)
            }
            if bytes.isEmpty { bytes = [0x5B] }
        }
        guard let raw = RawBacktrace(json: bytes) else { return }
        #expect(RawBacktrace(json: Array(raw.json.utf8)) != nil)
        _ = raw.signature
    }
}

struct JSONTextTests {
    @Test("values of every kind are read")
    func values() {
        let text = #" {"a": [1, -2.5e3, true, false, null, "x\n\"\u00e9\ud83d\ude00"], "a": 2, "b": {}} "#
        let value = JSONText(Array(text.utf8))
        #expect(value?["a"]?.array == [.number("1"), .number("-2.5e3"), .bool(true), .bool(false), .null, .string("x\n\"é😀")])
        #expect(value?["b"] == .object([]) && value?["c"] == nil)
    }

    @Test(
        "what is no JSON is refused",
        arguments: [
            "", "{", "[1,", "[1 2]", "{\"a\"}", "{a: 1}", "tru", "\"x", "\"\\u12\"", "1 2", "]", "{\"a\": 1,}", "\"\\", "[,]",
        ])
    func broken(text: String) {
        #expect(JSONText(Array(text.utf8)) == nil)
    }

    @Test("depth and count are bounded")
    func bounds() {
        #expect(JSONText(Array(String(repeating: "[", count: 100_000).utf8)) == nil)
        let nested = { (depth: Int) in Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8) }
        #expect(JSONText(nested(32)) != nil && JSONText(nested(33)) == nil)
        #expect(JSONText(Array("[1,1,1,1]".utf8), values: 4) == nil && JSONText(Array("[1,1,1]".utf8), values: 4) != nil)
    }

    @Test("half a surrogate pair becomes the replacement character", arguments: ["\\ud800", "\\ud800x", "\\udc00", "\\ud800\\u0041"])
    func surrogates(text: String) {
        #expect(JSONText(Array("\"\(text)\"".utf8))?.string?.unicodeScalars.first == "\u{FFFD}")
    }
}
