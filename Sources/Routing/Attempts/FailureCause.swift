/// What went wrong at a node, as a short code: for reasons, history and statistics.
package enum FailureCause: Hashable, Sendable {
    /// It answered with this status.
    case status(Int)
    /// 529, or the same said inside a stream.
    case overloaded
    /// No request got out to it.
    case notSent(NotSentKind)
    /// The connection ended before an answer.
    case brokeBeforeHead
    case firstByteTimeout
    /// `event: error` before any content.
    case streamError
    /// The answer ended too early.
    case broke
    /// The stream fell silent.
    case silence
    /// A check could not be made (a command that failed, for one).
    case check

    /// At most 24 ASCII characters, stable: it is stored.
    package var code: String {
        switch self {
        case .status(let status): String(status)
        case .overloaded: "529"
        case .notSent(let kind): "not_sent.\(kind.rawValue)"
        case .brokeBeforeHead: "broke_before_head"
        case .firstByteTimeout: "first_byte_timeout"
        case .streamError: "stream_error"
        case .broke: "broke"
        case .silence: "silence"
        case .check: "check"
        }
    }

    /// Nil unless `code` is one that `code` gives.
    package init?(code: String) {
        let plain: [FailureCause] =
            [.overloaded, .brokeBeforeHead, .firstByteTimeout, .streamError, .broke, .silence, .check]
            + NotSentKind.allCases.map { .notSent($0) }
        if let cause = plain.first(where: { $0.code == code }) {
            self = cause
        } else if code.utf8.count <= 5, let status = Int(code) {
            self = .status(status)
        } else {
            return nil
        }
    }
}

extension FailureCause: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let cause = FailureCause(code: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not the code of a failure")
        }
        self = cause
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(code)
    }
}

/// Why no request got out.
package enum NotSentKind: String, Hashable, Sendable, Codable, CaseIterable {
    /// Its name has no address.
    case unresolved
    /// Its address is one that nodes may not have.
    case forbidden
    case refused, unreachable
    case connectTimeout = "connect_timeout"
    /// Handshake or certificate.
    case tls
    /// A kept connection had gone stale: nobody's fault.
    case stale
    /// We had no means to try (descriptors, a stopping server): nobody's fault.
    case local
}

/// Why a node is out until a person or a check says otherwise.
package enum DeathCause: String, Hashable, Sendable, Codable, CaseIterable {
    /// 401.
    case credentialRefused = "credential_refused"
    /// 402.
    case paymentRequired = "payment_required"
    /// 403.
    case forbidden
    /// 429 with a spend limit that no waiting lifts.
    case spendLimit = "spend_limit"
}
