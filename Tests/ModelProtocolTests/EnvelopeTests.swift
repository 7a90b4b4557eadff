import ModelProtocol
import TestSupport
import Testing

@Suite("Errors of both families")
struct EnvelopeTests {
    static let envelope = ErrorEnvelope(
        type: "rate_limit_error", message: "Say \"when\"\n\u{1}é", code: "gateway.concurrency", requestID: "01J")

    @Test("writes bodies as each family does")
    func bodies() {
        #expect(
            Self.envelope.body(for: .anthropic).text
                == #"{"type":"error","error":{"type":"rate_limit_error","message":"Say \"when\"\n\u0001é"},"request_id":"01J"}"#)
        #expect(
            Self.envelope.body(for: .openAI).text
                == #"{"error":{"message":"Say \"when\"\n\u0001é","type":"rate_limit_error","param":null,"code":"gateway.concurrency"}}"#)
    }

    @Test(
        "writes events that its own reader understands, whatever the message says",
        arguments: [Samples.hostile, "\n\ndata: x\n\n", "", Samples.emoji, "\r\r"])
    func events(_ message: String) {
        let envelope = ErrorEnvelope(type: "api_error", message: message, code: "gateway.upstream_broken", requestID: "r")
        for family in ModelFamily.allCases {
            let told = ToldEvent.all([envelope.event(for: family)])
            #expect(told.count == 1)
            #expect(told.first?.name == (family == .anthropic ? "error" : ""))
            let code = family == .openAI ? "gateway.upstream_broken" : nil
            #expect(
                Reading(family, [envelope.event(for: family)]).signals == [
                    .error(UpstreamError(type: "api_error", message: message, code: code))
                ])
        }
    }

    @Test(
        "reads the errors of nodes",
        arguments: [
            (
                #"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"},"request_id":"req_1"}"#,
                UpstreamError(type: "overloaded_error", message: "Overloaded")
            ),
            (
                #"{"type":"error","error":{"type":"rate_limit_error","message":"m","details":{"error_code":"enforced_spend_limit_reached","x":[1]}}}"#,
                UpstreamError(type: "rate_limit_error", message: "m", code: "enforced_spend_limit_reached")
            ),
            (
                #"{"error":{"message":"m","type":"invalid_request_error","param":null,"code":"model_not_found"}}"#,
                UpstreamError(type: "invalid_request_error", message: "m", code: "model_not_found")
            ),
            (#"{"error":{"message":"m","code":404,"details":[{}]}}"#, UpstreamError(type: "", message: "m")),
            (#"{"error":"busy"}"#, UpstreamError(type: "", message: "busy")),
            (#" {"message":"m","type":"x"} "#, UpstreamError(type: "x", message: "m")),
            (#"{"type":"error"}"#, UpstreamError(type: "error", message: "")),
            ("", nil), ("<html>", nil), ("[]", nil), ("{}", nil), (#"{"id":"x","type":"message"}"#, nil), (#"{"error":null}"#, nil),
            (#"{"error":{}}"#, nil), (#"{"error":{"type":"x"}"#, nil), (#"{"error":{"type":"x"}}}"#, nil),
        ] as [(String, UpstreamError?)])
    func upstream(_ text: String, _ error: UpstreamError?) {
        #expect(Array(text.utf8).withUnsafeBytes { UpstreamError($0) } == error)
    }

    @Test("knows the spend limit that no waiting ends")
    func spendLimit() {
        #expect(UpstreamError(type: "rate_limit_error", message: "", code: "enforced_spend_limit_reached").isSpendLimit)
        #expect(!UpstreamError(type: "rate_limit_error", message: "enforced_spend_limit_reached").isSpendLimit)
    }

    @Test("reads no more than 64 KiB")
    func size() {
        let body = { (count: Int) in
            Array((#"{"error":{"type":"t","message":"m"},"x":""# + String(repeating: "x", count: count - 43) + #""}"#).utf8)
        }
        #expect(body(65_536).count == 65_536)
        #expect(body(65_536).withUnsafeBytes { UpstreamError($0) }?.type == "t")
        #expect(body(65_537).withUnsafeBytes { UpstreamError($0) } == nil)
    }

    @Test("survives any bytes", arguments: 0..<4)
    func noise(_ seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var read = 0
        for _ in 0..<5_000 {
            let bytes = Mutation.applied(to: Self.envelope.body(for: .anthropic), &random)
            if bytes.withUnsafeBytes({ UpstreamError($0) }) != nil { read += 1 }
        }
        #expect(read > 0)
    }
}

@Suite("Header rules")
struct HeaderRulesTests {
    @Test(
        "keep from nodes what is the client's or of the hop",
        arguments: [
            "connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "proxy-authorization", "host",
            "x-api-key", "authorization", "cookie", "x-forwarded-for",
            "x-forwarded-proto", "x-forwarded-anything", "forwarded", "accept-encoding", "content-length", "expect", "x-real-ip",
        ])
    func notToNode(_ name: String) {
        #expect(!HeaderRules.goesToNode(name))
    }

    @Test(
        "let everything else through to nodes, known or not",
        arguments: [
            "anthropic-version", "anthropic-beta", "anthropic-workspace-id", "x-claude-code-session-id", "x-stainless-os", "user-agent",
            "x-app", "content-type", "accept", "x-brand-new", "openai-organization", "content-encoding",
        ])
    func toNode(_ name: String) {
        #expect(HeaderRules.goesToNode(name))
    }

    @Test(
        "keep from clients what tells of the node",
        arguments: [
            "connection", "transfer-encoding", "keep-alive", "proxy-authenticate", "set-cookie", "server", "via", "x-request-id",
            "x-switchboard-attempts", "x-switchboard-code", "alt-svc", "strict-transport-security",
        ])
    func notToClient(_ name: String) {
        #expect(!HeaderRules.goesToClient(name))
    }

    @Test(
        "let everything else through to clients",
        arguments: [
            "content-type", "content-length", "content-encoding", "request-id", "anthropic-organization-id", "retry-after",
            "x-should-retry", "anthropic-ratelimit-unified-reset", "date", "x-brand-new", "cf-ray",
        ])
    func toClient(_ name: String) {
        #expect(HeaderRules.goesToClient(name))
    }

    @Test("drop what Connection names, in both directions")
    func connectionOptions() {
        let options = HeaderRules.connectionOptions(of: ["close, X-Hop", " ,x-other\t,,"])
        #expect(options == ["close", "x-hop", "x-other"])
        #expect(!HeaderRules.goesToNode("x-hop", connectionOptions: options))
        #expect(!HeaderRules.goesToClient("x-other", connectionOptions: options))
        #expect(HeaderRules.goesToNode("x-third", connectionOptions: options))
        #expect(HeaderRules.connectionOptions(of: [String(repeating: "a,", count: 10_000)]).count <= 32)
        #expect(HeaderRules.connectionOptions(of: Array(repeating: "a", count: 10_000)).count == 32)
    }
}
