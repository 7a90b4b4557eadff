import Vocabulary
package import DeskProtocol

/// What the desk refuses, with stable codes; only its door knows the HTTP status.
package enum DeskError: Error, Equatable, Sendable {
    /// A frame or a `send` that the protocol has a code for.
    case frame(FrameError)
    /// Something newer exists than the sender had seen; these events.
    case stale([ConversationEvent])
    case shopUnknown
    case shopNotFound
    case conversationNotFound
    case customerNotFound
    case credentialUnknown
    case originRefused(String)
    case roleTooLow
    case fieldInvalid(field: String, reason: String)
    case membersUnknown

    package static func refused(_ code: FrameErrorCode, _ message: String) -> DeskError {
        .frame(FrameError(code, message))
    }

    /// Stable: clients and tests compare it.
    package var code: String {
        switch self {
        case .frame(let error): "desk.\(error.code.rawValue)"
        case .stale: "desk.stale"
        case .shopUnknown: "desk.shop_unknown"
        case .shopNotFound: "desk.shop_not_found"
        case .conversationNotFound: "desk.not_found"
        case .customerNotFound: "desk.customer_not_found"
        case .credentialUnknown: "desk.credential_unknown"
        case .originRefused: "desk.origin_refused"
        case .roleTooLow: "desk.forbidden"
        case .fieldInvalid: "desk.field_invalid"
        case .membersUnknown: "desk.member_unknown"
        }
    }

    /// What happened and what to do, for people.
    package var explanation: String {
        switch self {
        case .frame(let error): error.message
        case .stale: "Somebody answered meanwhile. Look at the newer events, then send again."
        case .shopUnknown: "No shop has this key. Copy the snippet from the console again; the key may have been replaced."
        case .shopNotFound: "There is no such shop in your workspace."
        case .conversationNotFound: "There is no such conversation, or it is not yours to see."
        case .customerNotFound: "There is no such customer in your workspace."
        case .credentialUnknown: "This visitor credential is not known here. Throw it away and ask for a new one."
        case .originRefused(let origin):
            "The shop does not allow \(origin.clipped(to: 200)). Add it to the shop's allowed origins in the console."
        case .roleTooLow: "Your role may not do this. Ask an owner or an admin of the workspace."
        case .fieldInvalid(let field, let reason): "\(field): \(reason)"
        case .membersUnknown: "At least one of these members is not in your workspace or not active."
        }
    }
}
