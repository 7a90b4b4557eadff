import ModelProtocol
import TestSupport
import Testing

@Suite("The scan of a request")
struct RequestScanTests {
    private func scan(_ text: String) throws -> RequestScan { try RequestScan(Array(text.utf8)) }

    @Test("finds what a message of Claude Code says")
    func claudeCode() throws {
        let text = """
            {"model":"claude-opus-5-5","max_tokens":32000,"stream":true,"system":[{"type":"text","text":"You are {\\"model\\":\\"evil\\"}","cache_control":{"type":"ephemeral","ttl":"1h"}}],
            "tools":[{"name":"Bash","input_schema":{"type":"object","properties":{"model":{"type":"string"},"stream":{"type":"boolean"}}}}],
            "messages":[{"role":"user","content":"hi"},{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"n","input":{"model":"nested","max_tokens":1}}]}],
            "metadata":{"user_id":"user_ab_account_0_session_11111111-2222-3333-4444-555555555555"},"service_tier":"auto","inference_geo":"us","thinking":{"type":"enabled"}}
            """
        let scan = try scan(text)
        #expect(scan.model == "claude-opus-5-5")
        #expect(Array(text.utf8)[scan.modelRange].elementsEqual("\"claude-opus-5-5\"".utf8))
        #expect(scan.isStream)
        #expect(scan.maxTokens == 32_000)
        #expect(scan.sessionID == "11111111-2222-3333-4444-555555555555")
        #expect(scan.userID?.hasPrefix("user_ab") == true)
        #expect(scan.cacheLife == .oneHour)
        #expect(scan.hasCacheControl)
        #expect(scan.serviceTier == "auto")
        #expect(scan.inferenceGeo == "us")
        #expect(scan.messageCount == 2)
        #expect(scan.fingerprint != nil)
    }

    @Test("finds what OpenAI's bodies say")
    func openAI() throws {
        let chat = try scan(
            #"{"messages":[{"role":"user","content":"x"}],"model":"gpt-6-sol","max_completion_tokens":5,"user":"kim","prompt_cache_key":"k","stream_options":{"include_usage":true},"stream":false}"#
        )
        #expect(chat.model == "gpt-6-sol")
        #expect(chat.maxTokens == 5)
        #expect(chat.user == "kim")
        #expect(chat.promptCacheKey == "k")
        #expect(chat.includesUsage)
        #expect(!chat.isStream)
        #expect(chat.cacheLife == .none)
        let responses = try scan(
            #"{"model":"m","input":"hello","instructions":"be brief","max_output_tokens":9,"previous_response_id":"resp_1","conversation":{"x":1,"id":"conv_1"},"store":false}"#
        )
        #expect(responses.messageCount == 1)
        #expect(responses.maxTokens == 9)
        #expect(responses.previousResponseID == "resp_1" && responses.conversationID == "conv_1" && responses.stores == false)
        #expect(try RequestScan(Array(#"{"model":"m","conversation":"conv_2","store":null}"#.utf8)).conversationID == "conv_2")
        #expect(responses.fingerprint != nil)
        #expect(try scan(#"{"model":"m","input":["a","b",[1,2]]}"#).messageCount == 3)
    }

    @Test(
        "reads the session out of each form of user_id",
        arguments: [
            (#""user_0a_account_b_session_c0ffee-1""#, "c0ffee-1"), (#""user_session_x_session_last""#, "last"),
            (#""{\"device_id\":\"d\",\"account_uuid\":\"a\",\"session_id\":\"s-1\"}""#, "s-1"),
            (#""{\"x\":{\"session_id\":\"inner\"}}""#, nil),
            (#""plain""#, nil), (#""_session_""#, nil), (#""a_session_b c""#, nil), (#""{\"session_id\":7}""#, nil),
            (#""{\"session_id\":\"a\\nb\"}""#, nil), (#""{broken""#, nil), ("7", nil),
            ("null", nil),
        ] as [(String, String?)])
    func sessions(_ value: String, _ session: String?) throws {
        let scan = try scan(#"{"model":"m","metadata":{"other":[{}],"user_id":\#(value)}}"#)
        #expect(scan.sessionID == session)
    }

    @Test(
        "refuses each kind of broken body with its own code",
        arguments: [
            ("", .malformed), (" ", .malformed), ("[]", .notObject), ("\"model\"", .notObject), ("7", .notObject), ("null", .notObject),
            ("[", .malformed),
            ("{}", .modelMissing), (#"{"models":"x"}"#, .modelMissing), (#"{"a":{"model":"x"}}"#, .modelMissing),
            (#"{"a":"\"model\":\"x\""}"#, .modelMissing),
            (#"{"model":"a","model":"b"}"#, .modelAmbiguous), (#"{"model":"a","mod\u0065l":"b"}"#, .modelAmbiguous),
            (#"{"model":"a","MODEL":"b"}"#, .modelAmbiguous),
            (#"{"Model":"a"}"#, .modelAmbiguous), (#"{"model":"","model":"b"}"#, .modelAmbiguous),
            (#"{"model":7}"#, .modelInvalid), (#"{"model":null}"#, .modelInvalid), (#"{"model":""}"#, .modelInvalid),
            (#"{"model":["a"]}"#, .modelInvalid),
            (#"{"model":"\ud800"}"#, .modelInvalid), (#"{"model":"\ud800\u0041"}"#, .modelInvalid),
            (#"{"model":"\ud800x\udc00"}"#, .modelInvalid), (#"{"model":"\udc00"}"#, .modelInvalid), (#"{"model":"a\nb"}"#, .modelInvalid),
            (#"{"model":"a\u0000"}"#, .modelInvalid),
            (#"{"model":"\x"}"#, .malformed),
            (#"{"model":"\u12g4"}"#, .malformed), (#"{"model":"a"}x"#, .malformed), (#"{"model":"a"}{}"#, .malformed),
            (#"{"model":"a""#, .malformed), (#"{"model":"a",}"#, .malformed),
            (#"{,"model":"a"}"#, .malformed), (#"{"model" "a"}"#, .malformed), (#"{model:"a"}"#, .malformed),
            (#"{"model":"a" "b":1}"#, .malformed), (#"{"model":"a","b":[1,]}"#, .malformed),
            (#"{"model":"a","b":[1 2]}"#, .malformed), (#"{"model":"a","b":[}]}"#, .malformed), (#"{"model":"a","b":{]}"#, .malformed),
            (#"{"model":"a","b":01}"#, .malformed),
            (#"{"model":"a","b":1.}"#, .malformed), (#"{"model":"a","b":-}"#, .malformed), (#"{"model":"a","b":1e}"#, .malformed),
            (#"{"model":"a","b":+1}"#, .malformed),
            (#"{"model":"a","b":tru}"#, .malformed), (#"{"model":"a","b":nul"#, .malformed), (#"{"model":"a","b":NaN}"#, .malformed),
            ("{\"model\":\"a\",\"b\":\"x\ny\"}", .malformed),
            ("{\"model\":\"a\"}\u{0}", .malformed), ("\u{FEFF}{\"model\":\"a\"}", .malformed),
        ] as [(String, RequestScanError)])
    func broken(_ text: String, _ error: RequestScanError) {
        #expect(throws: error) { try scan(text) }
    }

    @Test("refuses a model in bytes that are not UTF-8, and takes them for text elsewhere")
    func badUTF8() throws {
        let model = Array(#"{"model":""#.utf8) + [0xFF] + Array(#""}"#.utf8)
        #expect(throws: RequestScanError.modelInvalid) { try RequestScan(model) }
        let text = Array(#"{"model":"a","b":""#.utf8) + [0xFF] + Array(#""}"#.utf8)
        #expect(try RequestScan(text).model == "a")
    }

    @Test("takes models of 256 bytes, escaped or not, and no longer ones")
    func modelLength() throws {
        let name = String(repeating: "m", count: 256)
        #expect(try scan(#"{"model":"\#(name)"}"#).model == name)
        #expect(throws: RequestScanError.modelInvalid) { try scan(#"{"model":"\#(name)m"}"#) }
        #expect(try scan(#"{"model":"\#(String(repeating: "\\u006d", count: 256))"}"#).model == name)
        #expect(throws: RequestScanError.modelInvalid) { try scan(#"{"model":"\#(String(repeating: "\\u006d", count: 257))"}"#) }
        #expect(try scan(#"{"model":"\ud83d\ude00\/é"}"#).model == "😀/é")
    }

    @Test("allows 256 levels and no more, wherever they are")
    func depth() throws {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let nested = { (levels: Int) in String(repeating: open, count: levels) + "0" + String(repeating: close, count: levels) }
            for name in ["x", "messages", "metadata", "tools", "cache_control", "model"] {
                #expect(throws: RequestScanError.tooDeep) { try scan(#"{"model":"a","\#(name)":\#(nested(256))}"#) }
                #expect(throws: RequestScanError.tooDeep) {
                    try scan(#"{"model":"a","\#(name)":"# + String(repeating: open, count: 200_000))
                }
            }
            #expect(try scan(#"{"model":"a","x":\#(nested(255))}"#).model == "a")
            #expect(try scan(#"{"model":"a","messages":\#(nested(255))}"#).model == "a")
        }
    }

    @Test("takes the last of repeated limits and ignores absurd ones")
    func limits() throws {
        #expect(try scan(#"{"model":"a","max_tokens":1,"max_completion_tokens":2}"#).maxTokens == 2)
        for value in ["-1", "1.5", "1e3", "\"9\"", "null", "[]", "99999999999999999999", "184467440737095516160000000000"] {
            #expect(try scan(#"{"model":"a","max_tokens":\#(value)}"#).maxTokens == nil)
        }
        #expect(try scan(#"{"model":"a","stream":"true"}"#).isStream == false)
        #expect(try scan(#"{"model":"a","str\u0065am":true}"#).isStream)
    }

    @Test("sees cache breakpoints at any depth, and their life")
    func cacheControl() throws {
        #expect(try scan(#"{"model":"a","cache_control":{"type":"ephemeral"}}"#).cacheLife == .fiveMinutes)
        #expect(try scan(#"{"model":"a","cache_control":null}"#).cacheLife == .none)
        #expect(try scan(#"{"model":"a","messages":[{"content":"\"cache_control\":{\"ttl\":\"1h\"}"}]}"#).cacheLife == .none)
        #expect(
            try scan(
                #"{"model":"a","messages":[{"role":"user","content":[{"type":"tool_result","content":[{"type":"text","text":"x","cache_control":{"ttl":"1h"}}]}]}]}"#
            ).cacheLife
                == .oneHour)
        #expect(try scan(#"{"model":"a","tools":[{"cache_control":{"ttl":"1h"}},{"cache_control":{"ttl":"5m"}}]}"#).cacheLife == .oneHour)
        #expect(try scan(#"{"model":"a","messages":[{"cache_control":{"ttl":"5m"}}]}"#).cacheLife == .fiveMinutes)
    }

    @Test("counts media apart from text")
    func media() throws {
        let data = String(repeating: "A", count: 4_000)
        let scan = try scan(
            #"{"model":"a","messages":[{"content":[{"source":{"type":"base64","data":"\#(data)"}},{"image_url":{"url":"\#(data)"}},{"data":"short"}]}]}"#
        )
        #expect(scan.mediaCount == 2)
        #expect(scan.mediaBytes == 8_000)
    }

    @Test("splices the model and changes no other byte")
    func splice() throws {
        for text in [
            #"{"model":"a"}"#, " { \"x\" : [1 , 2.50] ,\n\"model\"\t:  \"old\\u0061\" , \"big\":123456789012345678901234567890 } \r\n",
        ] {
            let body = Array(text.utf8)
            let scan = try RequestScan(body)
            let splice = scan.splice(model: "new \"name\"\n", bodyCount: body.count)
            let spliced = body[splice.prefix] + splice.replacement + body[splice.suffix]
            #expect(spliced.count == splice.count)
            #expect(body[..<scan.modelRange.lowerBound] == body[splice.prefix])
            #expect(body[scan.modelRange.upperBound...] == body[splice.suffix])
            #expect(Array(splice.replacement).text == #""new \"name\"\n""#)
            #expect(throws: RequestScanError.modelInvalid) { try RequestScan(Array(spliced)) }
            let valid = scan.splice(model: "claude-x", bodyCount: body.count)
            #expect(try RequestScan(Array(body[valid.prefix] + valid.replacement + body[valid.suffix])).model == "claude-x")
        }
    }

    @Test("gives all turns of a conversation one fingerprint")
    func fingerprint() throws {
        let first = try scan(
            #"{"model":"a","system":"s","messages":[{"role":"user","content":[{"type":"text","text":"hi","cache_control":{"type":"ephemeral"}}]}]}"#
        )
        let second = try scan(
            #"{"model":"b","system":"s","messages":[{"role":"user","content":[{"type":"text","text":"hi"}]},{"role":"assistant","content":"yo"}],"stream":true}"#
        )
        let leading = try scan(
            #"{"model":"b","system":"s","messages":[{"role":"user","content":[{"cache_control":{"type":"ephemeral"},"type":"text","text":"hi"}]}]}"#
        )
        #expect(first.fingerprint == second.fingerprint)
        #expect(first.fingerprint == leading.fingerprint)
        for other in [
            #"{"model":"a","system":"t","messages":[{"role":"user","content":[{"type":"text","text":"hi"}]}]}"#,
            #"{"model":"a","system":"s","messages":[{"role":"user","content":[{"type":"text","text":"ho"}]}]}"#,
            #"{"model":"a","system":"s","tools":[{}],"messages":[{"role":"user","content":[{"type":"text","text":"hi"}]}]}"#,
        ] {
            #expect(try scan(other).fingerprint != first.fingerprint)
        }
        #expect(try scan(#"{"model":"a","messages":[]}"#).fingerprint == nil)
        #expect(try scan(#"{"model":"a"}"#).fingerprint == nil)
    }

    @Test("looks behind the system's messages of OpenAI's bodies for what tells conversations apart")
    func fingerprintOpenAI() throws {
        let text = { (user: String, more: String) in
            #"{"model":"a","messages":[{"role":"system","content":"same for all"},{"role":"developer","content":"too"},{"role":"user","content":"\#(user)"}\#(more)]}"#
        }
        let kim = try scan(text("I am Kim", "")).fingerprint
        #expect(try scan(text("I am Kim", #",{"role":"assistant","content":"hello"},{"role":"user","content":"so?"}"#)).fingerprint == kim)
        #expect(try scan(text("I am Bo", "")).fingerprint != kim)
    }

    @Test("takes time that grows with the length only")
    func linear() throws {
        // Each of these is a few megabytes of what a careless scanner goes through again and again.
        let count = 400_000
        let hostile = [
            #"{"model":"a","x":[\#(String(repeating: "[],", count: count))0]}"#,
            #"{"model":"a"\#(String(repeating: ",\"x\":{}", count: count))}"#,
            #"{"model":"a","x":"\#(String(repeating: "\\\"", count: count))"}"#,
            #"{"model":"a","messages":[\#(String(repeating: "{\"cache_control\":{}},", count: count))0]}"#,
            #"{"model":"a","messages":[\#(String(repeating: "{\"role\":\"system\"},", count: count))0]}"#,
            #"{"model":"a"\#(String(repeating: ",\"metadata\":{\"user_id\":\"_session__session_\"}", count: count))}"#,
            "{\"model\":\"a\"" + String(repeating: " ", count: count) + "}",
        ]
        for text in hostile {
            let time = try ContinuousClock().measure { _ = try scan(text) }
            #expect(time < .seconds(5))
        }
    }

    @Test("estimates tokens by script and kind")
    func estimate() throws {
        let estimate = { (text: String) in
            let body = Array(text.utf8)
            let scan = try? RequestScan(body)
            return body.withUnsafeBytes { TokenEstimate.inputTokens(of: $0, scan: scan) }
        }
        #expect(estimate("") == 1)
        #expect(estimate(String(repeating: "a", count: 3_500)) == 1_000)
        #expect(estimate(String(repeating: "客", count: 1_000)) == 1_500)
        let image = String(repeating: "A", count: 1_000_000)
        #expect((2_600...2_700).contains(estimate(#"{"model":"a","messages":[{"source":{"data":"\#(image)"}}]}"#)))
    }
}
