import ModelProtocol
import TestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#endif

/// Measures; judges nothing. `MODEL_PROTOCOL_SPEED=1 swift test -c release --filter SpeedTests`
@Suite("Speed", .enabled(if: ProcessInfo.processInfo.environment["MODEL_PROTOCOL_SPEED"] != nil), .serialized)
struct SpeedTests {
    /// Like Claude Code's: long texts, tools with many short strings, code with escapes.
    static func body(kilobytes: Int) -> [UInt8] {
        let prose = String(
            repeating:
                "You are an assistant that helps with programming. Keep answers short, check what you changed, and say what is missing.\\n",
            count: 8)
        let schema =
            #"{"name":"Edit","description":"\#(prose)","input_schema":{"type":"object","properties":{"file_path":{"type":"string","description":"The absolute path"},"replace_all":{"type":"boolean","default":false}},"required":["file_path"],"additionalProperties":false}}"#
        let code = String(repeating: "    let value = try \\\"read\\\"(from: 12)\\n\\t// why\\n", count: 20)
        var text =
            #"{"model":"claude-opus-5-5","max_tokens":32000,"stream":true,"system":[{"type":"text","text":"\#(prose)","cache_control":{"type":"ephemeral"}}],"metadata":{"user_id":"user_0_account_1_session_11111111-2222-3333-4444-555555555555"},"tools":["#
        while text.utf8.count < kilobytes * 500 { text += schema + "," }
        text += #"{}],"messages":["#
        while text.utf8.count < kilobytes * 1_000 {
            text += #"{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":"\#(code)"}]},"#
        }
        return Array((text + #"{"role":"user","content":"go"}]}"#).utf8)
    }

    private func measure(_ name: String, _ count: Int, per unit: Int = 1, _ work: () -> Void) {
        work()
        var best = Duration.seconds(1_000)
        for _ in 0..<5 {
            best = min(best, ContinuousClock().measure { for _ in 0..<count { work() } })
        }
        print("\(name): \(best / (count * unit))")
    }

    @Test("of the scan of requests")
    func scan() {
        for kilobytes in [2, 90, 2_000] {
            let body = Self.body(kilobytes: kilobytes)
            var sum = 0
            body.withUnsafeBytes { bytes in
                measure("scan of \(body.count) bytes", 200_000 / kilobytes) { sum &+= (try? RequestScan(bytes))?.messageCount ?? 0 }
            }
            #expect(sum > 0)
        }
        let small = Array(#"{"model":"claude-haiku-4-5","max_tokens":1,"messages":[{"role":"user","content":"ok"}]}"#.utf8)
        small.withUnsafeBytes { bytes in measure("scan of \(small.count) bytes", 100_000) { _ = try? RequestScan(bytes) } }
    }

    @Test("of routes")
    func routes() {
        let marks = ModelRoute.Marks(hasAnthropicVersion: true, hasAPIKey: false)
        measure("route", 100_000) { _ = ModelRoute(method: "POST", path: "/v1/messages", marks: marks) }
        measure("is for relay", 1_000_000) { _ = ModelRoute.isForRelay("GET", "/assets/app.js") }
    }

    @Test("of the meter")
    func meter() {
        let deltas = Array(String(repeating: AnthropicStreamTests.delta, count: 100).utf8)
        let chunks = Array(
            String(repeating: OpenAIStreamTests.chunk(#"[{"index":0,"delta":{"content":" word"},"finish_reason":null}]"#), count: 100).utf8)
        let anthropic = ResponseMeter(family: .anthropic, status: 200, contentType: "text/event-stream")
        let openAI = ResponseMeter(family: .openAI, status: 200, contentType: "text/event-stream")
        var told = 0
        deltas.withUnsafeBytes { bytes in measure("Anthropic's delta", 1_000, per: 100) { _ = anthropic.read(bytes) { _, _ in told += 1 } }
        }
        chunks.withUnsafeBytes { bytes in measure("OpenAI's chunk", 1_000, per: 100) { _ = openAI.read(bytes) { _, _ in told += 1 } } }
        let halves = Array(AnthropicStreamTests.delta.utf8).pieces(at: [60])
        measure("Anthropic's delta in two", 10_000) {
            for half in halves { half.withUnsafeBytes { bytes in _ = anthropic.read(bytes) { _, _ in told += 1 } } }
        }
        let answer = Array(AnswerTests.message.utf8)
        measure("JSON answer of \(answer.count) bytes", 10_000) {
            let meter = ResponseMeter(family: .anthropic, status: 200, contentType: "application/json")
            answer.withUnsafeBytes { bytes in _ = meter.read(bytes) { _, _ in told += 1 } }
            meter.finish { _, _ in told += 1 }
        }
        #expect(told > 0)
    }
}
