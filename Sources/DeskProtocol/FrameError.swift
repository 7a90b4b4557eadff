/// Why a frame or a send is refused (sync-protocol §13). The raw values are stable.
package enum FrameErrorCode: String, Sendable, CaseIterable {
    case badJSON = "bad_json"
    case tooDeep = "too_deep"
    case badFrame = "bad_frame"
    case unknownType = "unknown_type"
    case binaryNotSpoken = "binary_not_spoken"
    case initExpected = "init_expected"
    case initLate = "init_late"
    case initTwice = "init_twice"
    case badTicket = "bad_ticket"
    case protocolUnsupported = "protocol_unsupported"
    case notFound = "not_found"
    case forbidden
    case tooManyOpen = "too_many_open"
    case tooManyInFlight = "too_many_in_flight"
    case rateLimited = "rate_limited"
    case textEmpty = "text_empty"
    case textTooLong = "text_too_long"
    case unknownKind = "unknown_kind"
    case clientIDInvalid = "client_id_invalid"
    case clientIDReused = "client_id_reused"
    case memberUnknown = "member_unknown"
    case storageBusy = "storage_busy"
    case storageFailed = "storage_failed"
    case inputQuarantined = "input_quarantined"

    /// The close code of RFC 6455 that follows at once, where one does.
    package var closeCode: UInt16? {
        switch self {
        case .binaryNotSpoken: 1003
        case .inputQuarantined: 1011
        case .initExpected: 4400
        case .initLate: 4408
        case .badTicket: 4401
        case .protocolUnsupported: 4406
        default: nil
        }
    }

    /// True when the same thing may be tried again unchanged.
    package var isPassing: Bool {
        switch self {
        case .storageBusy, .storageFailed, .rateLimited, .tooManyInFlight: true
        default: false
        }
    }
}

/// A refused frame: a code for the program, a sentence for its developer.
package struct FrameError: Error, Hashable, Sendable {
    package let code: FrameErrorCode
    package let message: String
    /// The frame's own number, when it had one.
    package let ref: Int64?
    package let retryAfterMilliseconds: Int64?

    package init(_ code: FrameErrorCode, _ message: String, ref: Int64? = nil, retryAfterMilliseconds: Int64? = nil) {
        self.code = code
        self.message = message
        self.ref = ref
        self.retryAfterMilliseconds = retryAfterMilliseconds
    }
}
