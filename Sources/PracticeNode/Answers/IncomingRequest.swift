import NIOCore
import NIOHTTP1

/// A request that has arrived whole.
struct IncomingRequest: Sendable {
    /// Counts from 1 over the node's life.
    let number: Int
    let head: HTTPRequestHead
    /// Empty when it was larger than the node keeps.
    let body: ByteBuffer
    /// How long the body really was.
    let length: Int
    /// The name under which the client reached us, as a URL.
    let base: String

    var path: Substring { head.uri.prefix { $0 != "?" } }

    var segments: [Substring] { path.split(separator: "/") }

    /// Which vendor's words to speak: by path, and where both have the same one, by the headers.
    var family: Family {
        let isAnthropicPath = path.hasPrefix("/v1/messages") || path.hasPrefix("/v1/complete")
        if isAnthropicPath || head.headers.contains(name: "anthropic-version") || head.headers.contains(name: "x-api-key") {
            return .anthropic
        }
        return .openAI
    }

    /// What the client showed: `x-api-key` wins over a bearer token.
    var credential: String? {
        if let key = head.headers.first(name: "x-api-key") { return key }
        guard let text = head.headers.first(name: "authorization"), text.lowercased().hasPrefix("bearer ") else { return nil }
        return String(text.dropFirst("bearer ".count))
    }
}

/// Whose protocol is spoken.
enum Family: Sendable {
    case anthropic, openAI
}
