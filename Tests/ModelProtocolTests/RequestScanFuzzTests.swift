import ModelProtocol
import TestSupport
import Testing

/// A plain reader of RFC 8259, to compare with.
struct PlainJSON {
    private let bytes: [UInt8]
    private var at = 0

    /// Whether the bytes are one JSON value.
    static func isValid(_ bytes: [UInt8]) -> Bool {
        var reader = PlainJSON(bytes: bytes)
        return reader.value() && reader.space() == nil
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private var byte: UInt8? { at < bytes.count ? bytes[at] : nil }

    private mutating func space() -> UInt8? {
        while let byte, [0x20, 0x0A, 0x0D, 0x09].contains(byte) { at += 1 }
        return byte
    }

    private mutating func eats(_ text: String) -> Bool {
        guard bytes[at...].starts(with: text.utf8) else { return false }
        at += text.utf8.count
        return true
    }

    private mutating func value() -> Bool {
        switch space() {
        case UInt8(ascii: "{"):
            list("}") { $0.space() == UInt8(ascii: "\"") && $0.string() && $0.space() != nil && $0.eats(":") && $0.value() }
        case UInt8(ascii: "["): list("]") { $0.value() }
        case UInt8(ascii: "\""): string()
        case UInt8(ascii: "t"): eats("true")
        case UInt8(ascii: "f"): eats("false")
        case UInt8(ascii: "n"): eats("null")
        default: number()
        }
    }

    private mutating func list(_ end: String, _ element: (inout PlainJSON) -> Bool) -> Bool {
        at += 1
        _ = space()
        if eats(end) { return true }
        while true {
            guard element(&self) else { return false }
            _ = space()
            if eats(end) { return true }
            guard eats(",") else { return false }
        }
    }

    private mutating func string() -> Bool {
        at += 1
        while let byte, byte >= 0x20 {
            at += 1
            if byte == UInt8(ascii: "\"") { return true }
            guard byte == UInt8(ascii: "\\") else { continue }
            guard let escape = self.byte else { return false }
            at += 1
            if escape == UInt8(ascii: "u") {
                guard at + 4 <= bytes.count,
                    bytes[at..<at + 4].allSatisfy({ Character(Unicode.Scalar($0)).isASCII && Character(Unicode.Scalar($0)).isHexDigit })
                else { return false }
                at += 4
            } else if !"\"\\/bfnrt".utf8.contains(escape) {
                return false
            }
        }
        return false
    }

    private mutating func number() -> Bool {
        _ = eats("-")
        if !eats("0"), !digits() { return false }
        if eats("."), !digits() { return false }
        if eats("e") || eats("E") {
            _ = eats("+") || eats("-")
            return digits()
        }
        return true
    }

    private mutating func digits() -> Bool {
        let start = at
        while let byte, (0x30...0x39).contains(byte) { at += 1 }
        return at > start
    }
}

@Suite("The scan of any bytes")
struct RequestScanFuzzTests {
    static let samples = [
        #"{"model":"claude-x","max_tokens":10,"messages":[{"role":"user","content":[{"type":"text","text":"a\n\u00e9\"}","cache_control":{"type":"ephemeral","ttl":"1h"}}]}],"metadata":{"user_id":"u_session_1"},"stream":true}"#,
        #"{ "input" : [ 1 , -2.5e+3 , true , false , null , { } , [ ] ] , "model" : "m" , "stream_options" : { "include_usage" : true } }"#,
        #"{"tools":[{"name":"x","input_schema":{"properties":{"model":{"type":"string"}}}}],"model":"\u0061b","messages":[{"role":"system","content":"\\"},{"role":"user"}]}"#,
    ]

    @Test("agrees with a plain reader on what is JSON, and never traps", arguments: 0..<10)
    func mutations(_ seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<10_000 {
            let sample = Array((Self.samples.randomElement(using: &random) ?? "").utf8)
            let bytes = Mutation.applied(to: sample, &random)
            var error: RequestScanError?
            do throws(RequestScanError) {
                let scan = try RequestScan(bytes)
                #expect(bytes[scan.modelRange].first == UInt8(ascii: "\"") && bytes[scan.modelRange].last == UInt8(ascii: "\""))
            } catch let thrown { error = thrown }
            let isRefusedAsJSON = error == .malformed
            if isRefusedAsJSON == PlainJSON.isValid(bytes) { Issue.record("differs on \(bytes.text)") }
        }
    }

    @Test("finds the end of texts at every offset and length")
    func alignments() throws {
        for lead in 0..<9 {
            for length in 0..<40 {
                let pad = String(repeating: " ", count: lead)
                let text = String(repeating: "x", count: length)
                for end in ["", "\\n", "\\\\", "\\\"", "é", "\u{7F}", "!#[]^_"] {
                    let body = Array("\(pad){\"t\":\"\(text)\(end)\(text)\",\"model\":\"m\(text)\"}".utf8)
                    #expect(try RequestScan(body).model == "m\(text)")
                }
                for bad in ["\u{1F}", "\u{0}", "\n"] {
                    let body = Array("\(pad){\"model\":\"m\",\"t\":\"\(text)\(bad)\(text)\"}".utf8)
                    #expect(throws: RequestScanError.malformed) { try RequestScan(body) }
                }
            }
        }
    }

    @Test("refuses every beginning of a body")
    func truncated() {
        for sample in Self.samples {
            let bytes = Array(sample.utf8)
            for length in 0..<bytes.count {
                #expect(throws: RequestScanError.malformed) { try RequestScan(Array(bytes[..<length])) }
            }
        }
    }
}
