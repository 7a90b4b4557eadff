package import Routing
import Storage
package import Vocabulary

/// What a client of the gateway signs in with, without the key itself: that is shown once and never kept.
package struct GatewayKey: Hashable, Sendable {
    package let id: KeyID
    package let workspace: WorkspaceID
    /// Unique among the active keys of the workspace.
    package var name: String
    /// `sb-` and six characters, to recognise it by.
    package let prefix: String
    package var scopes: Set<KeyScope>
    /// Empty: every model.
    package var models: [ModelPattern]
    package var expiresAt: Timestamp?
    /// Requests and tokens a minute, requests at once, nano-dollars a UTC day and month; nil each: no limit.
    package var limits: KeyAllowance
    package let createdAt: Timestamp
    /// The member's name then; `command` for the server's command line.
    package let createdBy: String
    package var revokedAt: Timestamp?
    /// To the minute.
    package var lastUsedAt: Timestamp?
    /// Hashed with another house key than today's: nobody can use it, whoever has it.
    package var isLost = false

    package var requestsPerMinute: Int64? { limits.requestsPerMinute }
    package var tokensPerMinute: Int64? { limits.tokensPerMinute }
    package var concurrency: Int? { limits.concurrency }
    /// Nano-dollars.
    package var budgetDay: Int64? { limits.moneyPerDay }
    package var budgetMonth: Int64? { limits.moneyPerMonth }

    package func isActive(at now: Timestamp) -> Bool {
        revokedAt == nil && expiresAt.map { $0 > now } ?? true
    }

    /// May it ask for this model?
    package func allows(model: String) -> Bool {
        models.isEmpty || models.contains { $0.matches(model) }
    }
}

/// What a key may be used for.
package enum KeyScope: String, Sendable, CaseIterable, Comparable {
    /// Messages, completions, embeddings, responses, and paths that the gateway doesn't know.
    case inference
    /// Files and batches.
    case files
    /// The list of models.
    case models

    package static func < (left: KeyScope, right: KeyScope) -> Bool { left.rawValue < right.rawValue }
}

/// Why a client is not let in; `code` as docs/gateway.md section 9 lists them.
package enum KeyRefusal: Error, Hashable, Sendable {
    case missing
    /// Unknown or revoked: the same to who presents it.
    case unknown
    case expired

    /// Stable: clients and tests compare it.
    package var code: String {
        switch self {
        case .missing: "gateway.key_missing"
        case .unknown: "gateway.key_unknown"
        case .expired: "gateway.key_expired"
        }
    }

    /// For the client, in its own envelope.
    package var explanation: String {
        switch self {
        case .missing: "This gateway needs a key: send one in x-api-key or as Authorization: Bearer."
        case .unknown: "This key is not known here, or it was revoked. Make a new one in the console."
        case .expired: "This key has expired. Extend it in the console, or make a new one."
        }
    }
}
