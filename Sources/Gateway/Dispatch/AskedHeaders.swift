import ModelProtocol
import NIOHTTP1
import Relay

/// What the gateway itself reads of a request's headers, found in one pass: looking each up by name costs as many walks along all of them.
struct AskedHeaders {
    private(set) var hasAnthropicVersion = false
    /// The first `x-api-key`, and the first `authorization`.
    private var apiKey: String?
    private var authorization: String?
    /// The first `user-agent`; empty when there is none.
    private(set) var agent = ""
    /// The first `x-claude-code-session-id`.
    private(set) var session: String?

    init(_ headers: HTTPHeaders) {
        for (name, value) in headers {
            switch name.utf8.count {
            case 9 where apiKey == nil && name.isField("x-api-key"): apiKey = value
            case 10 where agent.isEmpty && name.isField("user-agent"): agent = value
            case 13 where authorization == nil && name.isField("authorization"): authorization = value
            case 17 where name.isField("anthropic-version"): hasAnthropicVersion = true
            case 24 where session == nil && name.isField("x-claude-code-session-id"): session = value
            default: break
            }
        }
    }

    var marks: ModelRoute.Marks { ModelRoute.Marks(hasAnthropicVersion: hasAnthropicVersion, hasAPIKey: apiKey != nil) }

    /// `x-api-key` wins: clients that send both keep a token of the vendor's in the other. Empty when there is none.
    var key: String {
        if let apiKey, !apiKey.isEmpty { return apiKey }
        guard let authorization else { return "" }
        let parts = authorization.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        guard let scheme = parts.first, scheme.lowercased() == "bearer", let token = parts.dropFirst().first else { return "" }
        return String(token.filter { $0 != " " })
    }
}
