import ModelProtocol
import TestSupport
import Testing

/// What a meter learned of a response.
struct Reading: Equatable {
    var signals: [StreamSignal] = []
    var ends: [Int] = []
    var usage: TokenUsage?
    var model: String?
    var stopReason: String?
    var isComplete = false
    var isUnreadable = false

    init(
        _ family: ModelFamily, _ pieces: [[UInt8]], type: String? = "text/event-stream; charset=utf-8", status: Int = 200,
        encoding: String? = nil,
        eventLimit: Int = ServerSentEvents.defaultLimit
    ) {
        let meter = ResponseMeter(family: family, status: status, contentType: type, contentEncoding: encoding, eventLimit: eventLimit)
        var offset = 0
        for piece in pieces {
            piece.withUnsafeBytes { bytes in
                _ = meter.read(bytes) { signal, end in
                    signals.append(signal)
                    ends.append(offset + end)
                }
            }
            offset += piece.count
        }
        meter.finish { signal, _ in
            signals.append(signal)
            ends.append(offset)
        }
        (usage, model, stopReason) = (meter.usage, meter.model, meter.stopReason)
        (isComplete, isUnreadable) = (meter.isComplete, meter.isUnreadable)
    }

    init(_ family: ModelFamily, _ text: String, type: String? = "text/event-stream") {
        self.init(family, [Array(text.utf8)], type: type)
    }

    static func answer(_ family: ModelFamily, _ text: String) -> Reading {
        Reading(family, [Array(text.utf8)], type: "application/json")
    }
}

@Suite("The meter on Anthropic's streams")
struct AnthropicStreamTests {
    static func event(_ name: String, _ data: String) -> String { "event: \(name)\ndata: \(data)\n\n" }

    static let start = event(
        "message_start",
        #"{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-opus-5-5","content":[],"stop_reason":null,"usage":{"input_tokens":25,"cache_creation_input_tokens":300,"cache_read_input_tokens":4000,"cache_creation":{"ephemeral_5m_input_tokens":100,"ephemeral_1h_input_tokens":200},"output_tokens":1,"service_tier":"standard","inference_geo":"us"}}}"#
    )
    static let blockStart = event(
        "content_block_start", #"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#)
    static let ping = event("ping", #"{"type":"ping"}"#)
    static let delta = event(
        "content_block_delta",
        #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"\"usage\":{\"input_tokens\":777,\"output_tokens\":888}"}}"#
    )
    static let stop = event("content_block_stop", #"{"type":"content_block_stop","index":0}"#)
    static let messageDelta = event(
        "message_delta",
        #"{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":15,"input_tokens":null,"server_tool_use":{"web_search_requests":2}}}"#
    )
    static let messageStop = event("message_stop", #"{"type":"message_stop"}"#)
    static let stream = start + blockStart + ping + delta + stop + messageDelta + messageStop

    static var usage: TokenUsage {
        var usage = TokenUsage()
        (usage.input, usage.output, usage.cacheRead, usage.cacheWrite5m, usage.cacheWrite1h) = (25, 15, 4_000, 100, 200)
        (usage.webSearches, usage.serviceTier, usage.geo) = (2, "standard", "us")
        return usage
    }

    @Test("lays message_delta over message_start and takes no text for usage")
    func wholeStream() {
        let reading = Reading(.anthropic, Self.stream)
        #expect(reading.usage == Self.usage)
        #expect(reading.model == "claude-opus-5-5")
        #expect(reading.stopReason == "end_turn")
        #expect(reading.signals == [.start, .start, .start, .content, .content, .content, .complete])
        #expect(reading.isComplete)
        #expect(reading.ends.last == Self.stream.utf8.count)
    }

    @Test("reads the same at every cut and byte by byte, with each line end")
    func cuts() {
        for text in [Self.stream, Self.stream.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n")] {
            let bytes = Array(text.utf8)
            let whole = Reading(.anthropic, [bytes])
            #expect(whole.usage == Self.usage)
            for cut in 0...bytes.count {
                var reading = Reading(.anthropic, bytes.pieces(at: [cut]))
                #expect(zip(reading.ends, whole.ends).allSatisfy { abs($0 - $1) <= 1 })
                reading.ends = whole.ends
                #expect(reading == whole)
            }
            #expect(Reading(.anthropic, bytes.map { [$0] }).usage == Self.usage)
        }
    }

    @Test("keeps the usage of a stream that broke, or that is longer than any buffer")
    func longAndBroken() {
        let long = Self.start + Self.blockStart + String(repeating: Self.delta, count: 20_000)
        let broken = Reading(.anthropic, long)
        #expect(broken.usage?.input == 25)
        #expect(broken.usage?.output == 1)
        #expect(!broken.isComplete)
        #expect(Reading(.anthropic, long + Self.messageDelta + Self.messageStop).usage == Self.usage)
    }

    @Test(
        "tells starts from content",
        arguments: [
            (event("content_block_start", #"{"content_block":{"type":"thinking","thinking":"","signature":""}}"#), StreamSignal.start),
            (event("content_block_start", #"{"content_block":{"type":"text","text":"x"}}"#), .content),
            (event("content_block_start", #"{"content_block":{"type":"text","text":"","citations":[]}}"#), .start),
            (event("content_block_start", #"{"content_block":{"type":"tool_use","id":"t","name":"n","input":{}}}"#), .content),
            (event("content_block_start", #"{"content_block":{"type":"redacted_thinking","data":"abc"}}"#), .content),
            (event("content_block_start", #"{"content_block":{"type":"web_search_tool_result","content":[]}}"#), .content),
            (event("content_block_delta", #"{"delta":{"type":"text_delta","text":""}}"#), .start),
            (event("content_block_delta", #"{"delta":{"type":"text_delta","text":"a"}}"#), .content),
            (event("content_block_delta", #"{"delta":{"type":"input_json_delta","partial_json":""}}"#), .start),
            (event("content_block_delta", #"{"delta":{"type":"input_json_delta","partial_json":"{"}}"#), .content),
            (event("content_block_delta", #"{"delta":{"type":"thinking_delta","thinking":"hm"}}"#), .content),
            (event("content_block_delta", #"{"delta":{"type":"signature_delta","signature":"x"}}"#), .content),
            (event("content_block_delta", "broken"), .content),
            (event("content_block_stop", "{}"), .start), (": ping\n\n", .start), (ping, .start), (event("new_event", "{}"), .content),
            ("data: {\"type\":\"ping\"}\n\n", .start),
            ("data: {\"type\":\"message_stop\"}\n\n", .complete), ("data: text\n\n", .content),
            (event("message_delta", #"{"delta":{"stop_reason":null},"usage":{"output_tokens":1}}"#), .start),
            (event("message_delta", #"{"delta":{"stop_reason":"refusal"}}"#), .content),
        ])
    func signals(_ text: String, _ signal: StreamSignal) {
        #expect(Reading(.anthropic, text).signals == [signal])
        // Once there was content, only errors and ends are anything else.
        #expect(Reading(.anthropic, Self.delta + text).signals == [.content, signal == .start ? .content : signal])
    }

    @Test("reads errors inside of a stream")
    func errors() {
        let overloaded = UpstreamError(type: "overloaded_error", message: "Overloaded")
        let data = #"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"},"request_id":"req_1"}"#
        #expect(Reading(.anthropic, Self.event("error", data)).signals == [.error(overloaded)])
        #expect(Reading(.anthropic, "data: \(data)\n\n").signals == [.error(overloaded)])
        #expect(Reading(.anthropic, Self.start + Self.ping + Self.event("error", data)).signals == [.start, .start, .error(overloaded)])
        #expect(
            Reading(.anthropic, Self.delta + Self.event("error", "what")).signals == [
                .content, .error(UpstreamError(type: "", message: "")),
            ])
    }

    @Test(
        "puts usage together by the rules",
        arguments: [
            // Cache fields only in message_delta, as some compatible nodes send them.
            (
                [
                    #"{"input_tokens":50,"output_tokens":0}"#,
                    #"{"input_tokens":3,"cache_read_input_tokens":40,"cache_creation_input_tokens":7,"output_tokens":9}"#,
                ], (3, 9, 40, 7, 0), true, false
            ),
            // Nothing at the start.
            ([#"{"input_tokens":0,"output_tokens":0}"#, #"{"input_tokens":12,"output_tokens":3}"#], (12, 3, 0, 0, 0), false, false),
            // The total without its split, and with a null one.
            ([#"{"input_tokens":1,"cache_creation_input_tokens":9,"output_tokens":1}"#], (1, 1, 0, 9, 0), true, false),
            (
                [#"{"input_tokens":1,"cache_creation_input_tokens":9,"cache_creation":null,"output_tokens":1}"#], (1, 1, 0, 9, 0), true,
                false
            ),
            (
                [
                    #"{"cache_creation_input_tokens":9,"cache_creation":{"ephemeral_5m_input_tokens":null,"ephemeral_1h_input_tokens":null}}"#
                ], (0, 0, 0, 9, 0), true, false
            ),
            ([#"{"cache_creation":{"ephemeral_1h_input_tokens":9}}"#], (0, 0, 0, 0, 9), false, false),
            // Total and split disagree.
            (
                [#"{"cache_creation_input_tokens":9,"cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":4}}"#],
                (0, 0, 0, 5, 4), false, true
            ),
            (
                [#"{"cache_creation_input_tokens":2,"cache_creation":{"ephemeral_5m_input_tokens":1,"ephemeral_1h_input_tokens":4}}"#],
                (0, 0, 0, 1, 4), false, true
            ),
            // A later zero is no count, but a moved one is.
            ([#"{"input_tokens":50,"output_tokens":1}"#, #"{"input_tokens":0,"output_tokens":9}"#], (50, 9, 0, 0, 0), false, true),
            (
                [#"{"input_tokens":50,"output_tokens":1}"#, #"{"input_tokens":0,"cache_read_input_tokens":50,"output_tokens":9}"#],
                (0, 9, 50, 0, 0), false, false
            ),
            ([#"{"input_tokens":50,"output_tokens":7}"#, #"{"output_tokens":0}"#], (50, 7, 0, 0, 0), false, true),
            // Several message_deltas: cumulative, not to be added.
            (
                [#"{"input_tokens":5,"output_tokens":1}"#, #"{"output_tokens":10}"#, #"{"output_tokens":30}"#], (5, 30, 0, 0, 0), false,
                false
            ),
            // What is no count.
            ([#"{"input_tokens":-5,"output_tokens":1}"#], (0, 1, 0, 0, 0), false, true),
            ([#"{"input_tokens":1e99,"output_tokens":1}"#], (0, 1, 0, 0, 0), false, true),
            ([#"{"input_tokens":9223372036854775807,"output_tokens":1}"#], (0, 1, 0, 0, 0), false, true),
            ([#"{"input_tokens":"5","output_tokens":1}"#], (0, 1, 0, 0, 0), false, false),
            ([#"{"input_tokens":5.0,"output_tokens":1}"#], (5, 1, 0, 0, 0), false, false),
        ] as [([String], (Int, Int, Int, Int, Int), Bool, Bool)])
    func overlays(_ usages: [String], _ counts: (Int, Int, Int, Int, Int), _ splitMissing: Bool, _ inconsistent: Bool) throws {
        var text = Self.event("message_start", #"{"message":{"usage":\#(usages[0])}}"#)
        for usage in usages.dropFirst() { text += Self.event("message_delta", #"{"delta":{},"usage":\#(usage)}"#) }
        let usage = try #require(Reading(.anthropic, text).usage)
        #expect((usage.input, usage.output, usage.cacheRead, usage.cacheWrite5m, usage.cacheWrite1h) == counts)
        #expect(usage.splitMissing == splitMissing)
        #expect(usage.inconsistent == inconsistent)
    }

    @Test("reads the usage of events that are too large to keep, whatever the cuts")
    func large() {
        for size in [1, 7, 100, 10_000] {
            let bytes = Array(Self.stream.utf8)
            let pieces = bytes.pieces(at: Array(stride(from: size, to: bytes.count, by: size)))
            let reading = Reading(.anthropic, pieces, eventLimit: 100)
            #expect(reading.usage == Self.usage && reading.model == "claude-opus-5-5" && reading.stopReason == "end_turn")
            #expect(reading.signals.first == .content && reading.signals.last == .complete && reading.isComplete)
        }
    }

    @Test("keeps little of an event of megabytes, and finds what follows what it passes over")
    func megabytes() {
        let meter = ResponseMeter(family: .openAI, status: 200, contentType: "text/event-stream")
        var signals: [StreamSignal] = []
        let feed = { (text: String) in
            Array(text.utf8).withUnsafeBytes { bytes in _ = meter.read(bytes) { signal, _ in signals.append(signal) } }
        }
        feed(#"event: response.completed\#ndata: {"type":"response.completed","response":{"id":"resp_1","model":"gpt-6-sol","output":["#)
        feed(#"{"type":"web_search_call","action":{"type":"search"}},{"type":"message","content":[{"text":""#)
        for _ in 0..<200 { feed(String(repeating: #"so it went on, \"usage\":{ "#, count: 1_000)) }
        feed(#""}]}],"service_tier":"flex","usage":{"input_tokens":7,"output_tokens":9,"total_tokens":16}}}\#n\#n"#)
        #expect(signals == [.complete] && !meter.missedLargeEvent)
        #expect(meter.usage?.input == 7 && meter.usage?.output == 9 && meter.usage?.webSearches == 1)
        #expect(meter.usage?.serviceTier == "flex" && meter.objectID == "resp_1" && meter.model == "gpt-6-sol")
    }

    @Test("says when a large event is no JSON")
    func missed() {
        let meter = ResponseMeter(family: .openAI, status: 200, contentType: "text/event-stream", eventLimit: 100)
        let text = "data: \(String(repeating: "x", count: 200))\n\ndata: [DONE]\n\n"
        Array(text.utf8).withUnsafeBytes { bytes in _ = meter.read(bytes) { _, _ in } }
        #expect(meter.missedLargeEvent && meter.isComplete)
    }

    @Test("survives any bytes, the same whatever the cuts", arguments: 0..<10)
    func noise(_ seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<1_000 {
            let bytes = Mutation.applied(to: Array(Self.stream.utf8), &random)
            var whole = Reading(.anthropic, [bytes])
            var pieces = Reading(.anthropic, bytes.pieces(at: Mutation.cuts(bytes.count, &random)))
            (whole.ends, pieces.ends) = ([], [])
            if whole != pieces { Issue.record("differs on \(bytes.text)") }
            if let usage = whole.usage {
                #expect(usage.input >= 0 && usage.output >= 0 && usage.cacheWrite5m >= 0 && usage.cacheWrite1h >= 0 && usage.cacheRead >= 0)
            }
        }
    }
}

@Suite("The meter on OpenAI's streams")
struct OpenAIStreamTests {
    static func chunk(_ choices: String, _ rest: String = #""usage":null"#) -> String {
        "data: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"gpt-6-sol\",\"service_tier\":\"default\",\"choices\":\(choices),\(rest)}\n\n"
    }

    static let chat =
        chunk(#"[{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"finish_reason":null}]"#)
        + chunk(#"[{"index":0,"delta":{"content":"\"usage\":{\"prompt_tokens\":9}"},"finish_reason":null}]"#)
        + chunk(#"[{"index":0,"delta":{},"finish_reason":"length"}]"#)
        + chunk(
            "[]",
            #""usage":{"prompt_tokens":100,"completion_tokens":20,"total_tokens":120,"prompt_tokens_details":{"cached_tokens":60,"cache_write_tokens":30,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":5}}"#
        )
        + "data: [DONE]\n\n"

    @Test("reads a chat stream at every cut")
    func chatStream() throws {
        let bytes = Array(Self.chat.utf8)
        let whole = Reading(.openAI, [bytes])
        #expect(whole.signals == [.start, .content, .content, .content, .complete])
        #expect(whole.model == "gpt-6-sol")
        #expect(whole.stopReason == "length")
        let usage = try #require(whole.usage)
        #expect((usage.input, usage.output, usage.cacheRead, usage.cacheWrite5m, usage.cacheWrite1h) == (10, 20, 60, 30, 0))
        #expect(usage.serviceTier == "default")
        #expect(!usage.inconsistent)
        for cut in 0...bytes.count { #expect(Reading(.openAI, bytes.pieces(at: [cut])) == whole) }
    }

    @Test(
        "tells starts from content",
        arguments: [
            (chunk(#"[{"delta":{"role":"assistant"}}]"#), StreamSignal.start), (chunk("[]", #""prompt_filter_results":[]"#), .start),
            (chunk(#"[{"delta":{"content":"x"}}]"#), .content),
            (chunk(#"[{"delta":{"content":null,"tool_calls":[{"index":0,"id":"c"}]}}]"#), .content),
            (chunk(#"[{"delta":{"refusal":"no"}}]"#), .content),
            (chunk(#"[{"delta":{"reasoning_content":"hm"}}]"#), .content), (chunk(#"[{"delta":{"content":"","tool_calls":[ ]}}]"#), .start),
            (chunk(#"[{"text":"old"}]"#), .content),
            (chunk(#"[{"delta":{},"finish_reason":"stop"}]"#), .content), (": keep-alive\n\n", .start), ("data: broken\n\n", .content),
            ("data: {\"other\":1}\n\n", .content), ("data: [DONE]\n\n", .complete),
            ("data: [DONE]", .complete), (chunk("[]", #""error":null"#), .start),
            (
                "data: {\"error\":{\"message\":\"busy\",\"type\":\"server_error\",\"code\":\"overloaded\"}}\n\n",
                .error(UpstreamError(type: "server_error", message: "busy", code: "overloaded"))
            ),
            ("data: {\"error\":\"busy\"}\n\n", .error(UpstreamError(type: "", message: "busy"))),
            (
                "event: error\ndata: {\"type\":\"error\",\"code\":\"c\",\"message\":\"m\",\"param\":null}\n\n",
                .error(UpstreamError(type: "", message: "m", code: "c"))
            ),
        ])
    func signals(_ text: String, _ signal: StreamSignal) {
        #expect(Reading(.openAI, text).signals == [signal])
    }

    static func response(_ type: String, _ rest: String) -> String {
        "event: \(type)\ndata: {\"type\":\"\(type)\",\"sequence_number\":1,\(rest)}\n\n"
    }

    @Test("reads a Responses stream, with and without the names of events")
    func responses() throws {
        let stream =
            Self.response(
                "response.created",
                #""response":{"id":"resp_1","status":"in_progress","model":"gpt-6.1-sol","error":null,"usage":null,"output":[]}"#)
            + Self.response("response.in_progress", #""response":{"status":"in_progress"}"#)
            + Self.response("response.output_item.added", #""item":{"type":"message","content":[]}"#)
            + Self.response("response.content_part.added", #""part":{"type":"output_text","text":""}"#)
            + Self.response("response.output_text.delta", #""delta":"{\"usage\":1}""#)
            + Self.response("response.output_text.done", #""text":"x""#)
            + Self.response(
                "response.completed",
                #""response":{"status":"completed","model":"gpt-6.1-sol","service_tier":"flex","incomplete_details":null,"output":[{"content":[{"text":"\"usage\":{}"}]}],"usage":{"input_tokens":100,"input_tokens_details":{"cached_tokens":20,"cache_write_tokens":50,"cache_write_tokens_details":{"ttl_12h_tokens":40,"ttl_30m_tokens":10}},"output_tokens":7,"output_tokens_details":{"reasoning_tokens":1},"total_tokens":107}}"#
            )
        for text in [
            stream,
            stream.split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.hasPrefix("event:") }.joined(separator: "\n"),
        ] {
            let reading = Reading(.openAI, text)
            #expect(reading.signals == [.start, .start, .start, .start, .content, .content, .complete])
            #expect(reading.model == "gpt-6.1-sol")
            #expect(reading.stopReason == "completed")
            let usage = try #require(reading.usage)
            #expect((usage.input, usage.output, usage.cacheRead, usage.cacheWrite5m, usage.cacheWrite1h) == (30, 7, 20, 10, 40))
            #expect(usage.serviceTier == "flex")
            #expect(!usage.inconsistent)
        }
    }

    @Test("reads ends of Responses streams that are no success")
    func responseEnds() {
        let incomplete = Reading(
            .openAI,
            Self.response(
                "response.incomplete",
                #""response":{"status":"incomplete","incomplete_details":{"reason":"max_output_tokens"},"usage":{"input_tokens":1,"output_tokens":2,"total_tokens":3}}"#
            ))
        #expect(incomplete.signals == [.complete])
        #expect(incomplete.stopReason == "max_output_tokens")
        #expect(incomplete.usage?.output == 2)
        let failed = Reading(
            .openAI, Self.response("response.failed", #""response":{"status":"failed","error":{"code":"server_error","message":"m"}}"#))
        #expect(failed.signals == [.error(UpstreamError(type: "", message: "m", code: "server_error"))])
        #expect(
            Reading(.openAI, Self.response("response.output_item.added", #""item":{"type":"function_call","name":"n"}"#)).signals == [
                .content
            ])
        #expect(Reading(.openAI, Self.response("response.brand_new", #""x":1"#)).signals == [.content])
    }

    @Test("counts the last usage, and flags numbers that contradict each other")
    func usage() throws {
        let last = try #require(
            Reading(
                .openAI,
                Self.chunk("[]", #""usage":{"prompt_tokens":5,"completion_tokens":1}"#)
                    + Self.chunk("[]", #""usage":{"prompt_tokens":5,"completion_tokens":4}"#) + Self.chunk("[]", #""usage":{}"#)
            ).usage)
        #expect((last.input, last.output) == (5, 4))
        let odd = try #require(
            Reading(
                .openAI, Self.chunk("[]", #""usage":{"prompt_tokens":5,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":9}}"#)
            ).usage)
        #expect((odd.input, odd.cacheRead, odd.inconsistent) == (0, 9, true))
        let off = try #require(
            Reading(.openAI, Self.chunk("[]", #""usage":{"prompt_tokens":5,"completion_tokens":1,"total_tokens":9}"#)).usage)
        #expect((off.input, off.inconsistent) == (5, true))
    }

    @Test("survives any bytes, the same whatever the cuts", arguments: 0..<10)
    func noise(_ seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<1_000 {
            let bytes = Mutation.applied(to: Array(Self.chat.utf8), &random)
            var whole = Reading(.openAI, [bytes])
            var pieces = Reading(.openAI, bytes.pieces(at: Mutation.cuts(bytes.count, &random)))
            (whole.ends, pieces.ends) = ([], [])
            if whole != pieces { Issue.record("differs on \(bytes.text)") }
        }
    }
}
