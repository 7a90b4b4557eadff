/// Why a server could not be asked.
package enum RedisError: Error, Hashable, Sendable {
    /// Nobody answers at the address.
    case unreachable(String)
    /// The encryption could not be agreed, or the certificate is not the server's.
    case tls(String)
    /// User or password are wrong, or one is needed.
    case authentication(String)
    /// The server's refusal, in its own words (at most 200 characters).
    case refused(String)
    /// No answer in time. The connection is closed; whether the command was done is not known.
    case timedOut
    /// The connection ended before the answer. Whether the command was done is not known.
    case closed
    /// Too many commands are waiting: this one was not sent.
    case busy
    /// What came is not an answer.
    case syntax(RedisSyntaxError)

    /// A server's refusal: what concerns who we are is told apart.
    init(refusal text: String) {
        let words = String(text.prefix(200))
        switch text.prefix(while: { $0 != " " }) {
        case "NOAUTH", "WRONGPASS", "NOPERM": self = .authentication(words)
        default: self = .refused(words)
        }
    }
}

extension RedisError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreachable(let why): "not reachable: \(why)"
        case .tls(let why): "no encrypted connection: \(why)"
        case .authentication(let words): "the server refuses who we are: \(words)"
        case .refused(let words): "the server refuses: \(words)"
        case .timedOut: "no answer in time"
        case .closed: "the connection ended"
        case .busy: "too many commands are waiting"
        case .syntax(let error): "what came is no answer of a Redis: \(error)"
        }
    }
}
