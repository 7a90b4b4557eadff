import DeskProtocol
import TestSupport
import Testing

@Suite("JSON from strangers")
struct JSONReaderTests {
    private func read(_ text: String) throws(JSONError) -> JSONValue { try JSONReader.read(Array(text.utf8)) }

    @Test("reads every kind of value")
    func reads() throws {
        let value = try read(#" {"a":[1,-2.5e3,true,false,null],"b":"x\n\"\\\/\u00e9\ud83d\ude00","c":{}} "#)
        guard case .object(let object) = value else { Issue.record("no object"); return }
        #expect(object["a"] == .array([.integer(1), .number(-2_500), .bool(true), .bool(false), .null]))
        #expect(object["b"] == .string("x\n\"\\/é😀"))
        #expect(object["c"] == .object(JSONObject()))
        #expect(object["d"] == nil)
    }

    @Test("keeps Chinese and emoji as they are")
    func keepsText() throws {
        #expect(try read("\"你好，世界👨‍👩‍👧‍👦\"") == .string("你好，世界👨‍👩‍👧‍👦"))
    }

    @Test(
        "refuses what RFC 8259 does not allow",
        arguments: [
            "", " ", "{", "}", "[1,]", "{\"a\":1,}", "{a:1}", "'a'", "01", "1.", ".5", "+1", "1e", "--1", "tru", "nul", "\"a", "\"\u{1}\"",
            "\"\\x\"",
            "\"\\u12\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "1 2", "{\"a\" 1}", "[1 2]", "NaN", "1e999",
            "{\"a\":1,\"a\":2}",
        ])
    func refuses(_ text: String) {
        #expect(throws: JSONError.self) { try read(text) }
    }

    @Test("refuses bytes that are not UTF-8")
    func refusesBadUTF8() {
        #expect(throws: JSONError.self) { try JSONReader.read([0x22, 0xC3, 0x28, 0x22]) }
        #expect(throws: JSONError.self) { try JSONReader.read([0x22, 0xED, 0xA0, 0x80, 0x22]) }
    }

    @Test("allows 32 levels and no more")
    func depth() throws {
        let nested = { (levels: Int) in String(repeating: "[", count: levels) + String(repeating: "]", count: levels) }
        #expect(throws: Never.self) { try read(nested(32)) }
        #expect(throws: JSONError.tooDeep) { try read(nested(33)) }
        #expect(throws: JSONError.tooDeep) { try read(String(repeating: "{\"a\":", count: 60_000)) }
    }

    @Test("allows 256 members and no more")
    func width() throws {
        let object = { (count: Int) in "{" + (0..<count).map { "\"k\($0)\":1" }.joined(separator: ",") + "}" }
        #expect(throws: Never.self) { try read(object(256)) }
        #expect(throws: JSONError.tooDeep) { try read(object(257)) }
        #expect(throws: JSONError.tooDeep) { try read("[" + String(repeating: "1,", count: 300) + "1]") }
    }

    @Test("answers any bytes at all", arguments: 0..<8)
    func survivesNoise(_ seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let alphabet = Array("{}[]\",:\\u0123456789abcdefnulltrue-+.eE \u{7f}é".utf8) + [0x00, 0x80, 0xFF]
        for _ in 0..<4_000 {
            let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? 0 }
            // Whatever comes back, it came back.
            _ = try? JSONReader.read(bytes)
        }
    }

    @Test("reads back what the writer wrote, for any text", arguments: 0..<4)
    func roundTrip(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed + 100)
        for _ in 0..<2_000 {
            let text = String(
                String.UnicodeScalarView(
                    (0..<Int.random(in: 0...30, using: &random)).compactMap { _ in
                        Unicode.Scalar(UInt32.random(in: 0...(Bool.random(using: &random) ? 0x7F : 0x10FFFF), using: &random))
                    }))
            let bytes = JSONWriter.object { $0.member("text", text) }
            guard case .object(let object) = try JSONReader.read(bytes) else { Issue.record("no object"); return }
            #expect(object["text"] == .string(text))
        }
    }
}
