import ModelProtocol
import NIOCore
import NIOHTTP1
import Relay
package import Routing
import Vocabulary

/// What a probe found.
package struct ProbeFinding: Hashable, Sendable {
    package let method: ProbeMethod
    package let outcome: Outcome
    package let milliseconds: Int64
    /// The node's HTTP status, where there was one.
    package let status: Int?
    /// For people: no secrets.
    package let detail: String
    /// What it cost, nano-dollars; nil: unknown, the price set aside counts.
    package let cost: Int64?

    package var isGood: Bool { Verdict(outcome).isSuccess }
    /// What went wrong, short and stable; nil when nothing did.
    package var code: String? { isGood ? nil : outcome.code }

    init(_ method: ProbeMethod, _ outcome: Outcome, milliseconds: Int64, status: Int? = nil, detail: String = "", cost: Int64? = nil) {
        self.method = method
        self.outcome = outcome
        self.milliseconds = milliseconds
        self.status = status
        self.detail = detail
        self.cost = cost
    }
}

/// Asks a node over the relay's own connections whether it works.
struct Probe: Sendable {
    private static let patience = TimeAmount.seconds(15)
    private static let bodyLimit = 256 * 1_024

    let client: NodeClient

    func run(_ method: ProbeMethod, on node: Node) async -> ProbeFinding {
        let began = NIODeadline.now()
        do throws(NodeClientError) {
            let answer = try await client.send(request(method, node), bodyLimit: Self.bodyLimit, time: Self.patience)
            return finding(method, answer, of: node, since: began)
        } catch {
            return ProbeFinding(method, Self.outcome(error), milliseconds: Self.time(since: began), detail: Self.words(error), cost: 0)
        }
    }

    private func request(_ method: ProbeMethod, _ node: Node) -> NodeRequest {
        let (verb, uri, text) = Self.question(method, node)
        var headers: HTTPHeaders = ["user-agent": "switchboard-probe", "accept": "*/*"]
        if node.family == .anthropic { headers.add(name: "anthropic-version", value: "2023-06-01") }
        if text != nil { headers.add(name: "content-type", value: "application/json") }
        let head = RequestHeads.toNode(HTTPRequestHead(version: .http1_1, method: verb, uri: uri, headers: headers), node: node)
        let body = text.map { NodeRequestBody.bytes([ByteBuffer(string: $0)]) } ?? .none
        return NodeRequest(target: node.target, head: head, body: body, connectTimeout: .seconds(3))
    }

    private static func question(_ method: ProbeMethod, _ node: Node) -> (HTTPMethod, String, String?) {
        let model = (node.modelMap.serves(node.healthModel) ?? node.healthModel).jsonQuoted
        let message = #""messages":[{"role":"user","content":"ok"}]"#
        switch (method, node.family) {
        case (.head, _): return (.HEAD, "/", nil)
        case (.count, .anthropic): return (.POST, "/v1/messages/count_tokens", #"{"model":\#(model),\#(message)}"#)
        case (.count, .openAI): return (.GET, "/v1/models", nil)
        case (_, .anthropic): return (.POST, "/v1/messages", #"{"model":\#(model),"max_tokens":1,\#(message)}"#)
        case (_, .openAI): return (.POST, "/v1/chat/completions", #"{"model":\#(model),"max_completion_tokens":1,\#(message)}"#)
        }
    }

    private func finding(_ method: ProbeMethod, _ answer: NodeAnswer, of node: Node, since began: NIODeadline) -> ProbeFinding {
        let status = Int(answer.head.status.code)
        let time = Self.time(since: began)
        // Any answer to HEAD says that somebody is there; the vendors' roots answer 404 (predecessor's INC-44).
        if method == .head, status < 500 { return ProbeFinding(method, .completed, milliseconds: time, status: status) }
        guard !(200..<300).contains(status) else { return ProbeFinding(method, .completed, milliseconds: time, status: status) }
        let error = Self.error(in: answer.body)
        let outcome = Outcome.status(
            status, errorType: error?.type, errorCode: error?.code,
            retryAfterSeconds: answer.head.headers.first(name: "retry-after").flatMap { Int($0) })
        return ProbeFinding(
            method, outcome, milliseconds: time, status: status, detail: node.withoutCredential(error?.message ?? "").clipped(to: 300),
            cost: 0)
    }

    private static func error(in body: ByteBuffer) -> UpstreamError? {
        body.withUnsafeReadableBytes { UpstreamError($0) }
    }

    private static func time(since began: NIODeadline) -> Int64 { (NIODeadline.now() - began).nanoseconds / 1_000_000 }

    private static func outcome(_ error: NodeClientError) -> Outcome {
        switch error {
        case .failed(let failure): failure.wasSent ? .brokeBeforeHead : .notSent(NotSentKind(failure.kind))
        case .late: .firstByteTimeout
        case .tooLarge: .completed
        case .cancelled: .clientLeft
        }
    }

    private static func words(_ error: NodeClientError) -> String {
        guard case .failed(let failure) = error else { return error.code }
        return failure.detail.isEmpty ? failure.kind.rawValue : failure.detail
    }
}
