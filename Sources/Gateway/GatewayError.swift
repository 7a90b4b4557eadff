/// What the gateway's room refuses, with stable codes; only its door knows the HTTP status.
///
/// What clients of the models hear is none of these: they get their family's envelope (see `KeyRefusal` and the dispatch).
package enum GatewayError: Error, Hashable, Sendable {
    /// One or more fields break a rule; never empty.
    case invalid([GatewayFault])
    /// A node's URL that is no URL, or one that leads where nodes may not be.
    case nodeURL(NodeURLFault)
    /// Another address, or more networks, for a node whose credential, or leave for closed addresses, was given for what it had; never
    /// empty.
    case nodeMoved([GatewayFault])
    case forbidden
    case cursorInvalid
    case keyNotFound
    case keyNameTaken
    /// A revoked key stays as it was.
    case keyRevoked
    case nodeNotFound
    case nodeNameTaken
    case priceNotFound
    /// Another own price of the same model, day and tier.
    case priceTaken
    case requestNotFound
    case probeRunning
    /// Probes have cost as much as they may today.
    case probeBudget
    /// More of something than a workspace may have.
    case tooMany(what: String, limit: Int)
    /// The house's key can't be used; the server does not start.
    case houseKey(HouseKeyFault)
    /// A sealed credential does not open with the house's key: sealed with another, damaged, or moved from another row.
    case unsealable

    /// Stable: clients and tests compare it.
    package var code: String {
        switch self {
        case .invalid: "gateway.invalid"
        case .nodeURL: "gateway.node_url"
        case .nodeMoved: "gateway.node_moved"
        case .forbidden: "gateway.forbidden"
        case .cursorInvalid: "gateway.cursor_invalid"
        case .keyNotFound: "gateway.key_not_found"
        case .keyNameTaken: "gateway.key_name_taken"
        case .keyRevoked: "gateway.key_revoked"
        case .nodeNotFound: "gateway.node_not_found"
        case .nodeNameTaken: "gateway.node_name_taken"
        case .priceNotFound: "gateway.price_not_found"
        case .priceTaken: "gateway.price_taken"
        case .requestNotFound: "gateway.request_not_found"
        case .probeRunning: "gateway.probe_running"
        case .probeBudget: "gateway.probe_budget"
        case .tooMany: "gateway.too_many"
        case .houseKey: "gateway.house_key"
        case .unsealable: "gateway.unsealable"
        }
    }

    /// What is wrong field by field; empty where it is not about fields.
    package var faults: [GatewayFault] {
        switch self {
        case .invalid(let faults), .nodeMoved(let faults): faults
        case .nodeURL(let fault): [GatewayFault("url", fault.rawValue, fault.explanation)]
        default: []
        }
    }

    /// What happened and what to do, for people.
    package var explanation: String {
        switch self {
        case .invalid(let faults): faults.map { "\($0.field): \($0.reason)" }.joined(separator: " ")
        case .nodeURL(let fault): fault.explanation
        case .nodeMoved(let faults): faults.map(\.reason).joined(separator: " ")
        case .forbidden: "Your role may not do this. Ask an owner or an admin of the workspace."
        case .cursorInvalid: "This cursor was not made by this list. Begin again without one."
        case .keyNotFound: "There is no such key in your workspace."
        case .keyNameTaken: "Another active key of your workspace has this name. Take another one, or revoke that key first."
        case .keyRevoked: "This key is revoked and stays so. Make a new one."
        case .nodeNotFound: "There is no such node in your workspace."
        case .nodeNameTaken: "Another node of your workspace has this name. Take another one."
        case .priceNotFound: "There is no such price of your own. Prices of the built-in book can't be deleted, only overruled."
        case .priceTaken: "There already is a price of your own for this model, day and tier. Delete it first."
        case .requestNotFound: "There is no such request in your workspace."
        case .probeRunning: "This node is being probed at this moment. Wait until that is done."
        case .probeBudget:
            "This node's probe is paid for, and today's money for probes (HEALTH_BUDGET_DAY) does not reach for it. Wait until 00:00 UTC, raise HEALTH_BUDGET_DAY, or probe the node with count."
        case .tooMany(let what, let limit): "A workspace has at most \(limit) \(what). Delete what is no longer used."
        case .houseKey(let fault): fault.explanation
        case .unsealable: "The stored credential can't be opened with the house's key. Enter the node's credential again."
        }
    }
}

extension GatewayError: CustomStringConvertible {
    package var description: String { "\(code): \(explanation)" }
}
