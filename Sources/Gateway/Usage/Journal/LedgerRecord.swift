import Routing
import Vocabulary

/// What the journal holds: one step of one request, or a count of refusals.
enum LedgerRecord: Hashable {
    case opened(RequestOpening)
    case attemptOpened(ULID, AttemptOpening, at: Timestamp)
    case attemptEnded(ULID, AttemptEnding)
    case closed(ULID, RequestClosing)
    /// A refused request that gets a row of its own.
    case refused(RequestRefusal)
    /// Refused requests that are only counted.
    case refusals(RefusalCount)

    /// As the frame names it. Numbers are never reused.
    var kind: UInt8 {
        switch self {
        case .opened: 1
        // 2 was the same without its reason.
        case .attemptOpened: 7
        case .attemptEnded: 3
        case .closed: 4
        case .refused: 5
        case .refusals: 6
        }
    }
}

/// How many requests of one key were refused for one reason in one minute.
struct RefusalCount: Hashable {
    var workspace: ULID?
    var key: ULID?
    var code: String
    var minute: Timestamp
    var count: Int64
}

/// How many bytes of each text are kept.
enum LedgerLimits {
    static let operation: UInt8 = 32
    static let model: UInt8 = 128
    static let agent: UInt8 = 120
    static let address: UInt8 = 46
    static let session: UInt8 = 80
    static let code: UInt8 = 64
    static let geo: UInt8 = 16
    /// Of a batch's id where its results are marked as booked.
    static let batch: UInt8 = 128
}

extension String {
    /// At most `limit` bytes, cut between characters of UTF-8.
    func cut(to limit: UInt8) -> String {
        guard utf8.count > Int(limit) else { return self }
        var end = utf8.index(utf8.startIndex, offsetBy: Int(limit))
        while end > startIndex, end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
        return String(self[..<end])
    }
}

extension JournalWriter {
    mutating func put(_ record: LedgerRecord) {
        switch record {
        case .opened(let opening): put(opening)
        case .attemptOpened(let id, let attempt, let time): put(attempt, of: id, at: time)
        case .attemptEnded(let id, let ending): put(ending, of: id)
        case .closed(let id, let closing): put(closing, of: id)
        case .refused(let refusal): put(refusal)
        case .refusals(let count): put(count)
        }
    }

    private mutating func put(_ opening: RequestOpening) {
        put(opening.id)
        put(opening.workspace.ulid)
        put(opening.key?.ulid)
        put(UInt8(opening.isStream ? 1 : 0))
        put(opening.operation, limit: LedgerLimits.operation)
        put(opening.model, limit: LedgerLimits.model)
        put(opening.client)
    }

    private mutating func put(_ client: ClientFacts) {
        put(client.agent, limit: LedgerLimits.agent)
        put(client.address, limit: LedgerLimits.address)
        put(client.session, limit: LedgerLimits.session)
    }

    private mutating func put(_ attempt: AttemptOpening, of id: ULID, at time: Timestamp) {
        put(id)
        put(UInt16(clamping: attempt.number))
        put(time.milliseconds)
        put(attempt.node.ulid)
        put(attempt.mappedModel, limit: LedgerLimits.model)
        put(attempt.reason?.number ?? 0)
    }

    private mutating func put(_ ending: AttemptEnding, of id: ULID) {
        put(id)
        put(UInt16(clamping: ending.number))
        put(ending.certainty.number)
        put(UInt8(ending.isChargeSuspected ? 1 : 0))
        put(UInt8(ending.isNodeFault ? 1 : 0))
        put(ending.httpStatus.map(Int64.init))
        put(ending.milliseconds)
        put(ending.outcome, limit: LedgerLimits.code)
    }

    private mutating func put(_ closing: RequestClosing, of id: ULID) {
        put(id)
        put(closing.status.number)
        put(UInt32(truncatingIfNeeded: closing.flags.rawValue))
        put(UInt16(clamping: closing.attempts))
        put(closing.httpStatus.map(Int64.init))
        put(closing.firstByteMilliseconds)
        put(closing.durationMilliseconds)
        put(closing.usage)
        put(closing.node?.ulid)
        put(closing.code, limit: LedgerLimits.code)
        put(closing.mappedModel, limit: LedgerLimits.model)
        put(closing.geo, limit: LedgerLimits.geo)
    }

    private mutating func put(_ usage: PricedTokens?) {
        put(UInt8(usage == nil ? 0 : 1))
        guard let usage else { return }
        put(usage.input)
        put(usage.cacheRead)
        put(usage.cacheWrite5m)
        put(usage.cacheWrite1h)
        put(usage.output)
        put(usage.webSearches)
    }

    private mutating func put(_ refusal: RequestRefusal) {
        put(refusal.id)
        put(refusal.workspace?.ulid)
        put(refusal.key?.ulid)
        put(Int64(refusal.httpStatus))
        put(refusal.operation, limit: LedgerLimits.operation)
        put(refusal.model, limit: LedgerLimits.model)
        put(refusal.code, limit: LedgerLimits.code)
        put(refusal.client)
    }

    private mutating func put(_ refusals: RefusalCount) {
        put(refusals.workspace)
        put(refusals.key)
        put(refusals.minute.milliseconds)
        put(refusals.count)
        put(refusals.code, limit: LedgerLimits.code)
    }
}

extension RequestStatus {
    /// In the journal. Numbers are never reused.
    fileprivate var number: UInt8 {
        switch self {
        case .open: 0
        case .completed: 1
        case .failed: 2
        case .refused: 3
        case .cancelled: 4
        case .interrupted: 5
        }
    }

    init?(number: UInt8) {
        guard let status = Self.allCases.first(where: { $0.number == number }) else { return nil }
        self = status
    }
}

extension AttemptCertainty {
    /// In the journal. Numbers are never reused.
    fileprivate var number: UInt8 {
        switch self {
        case .notSent: 0
        case .rejected: 1
        case .possiblyAccepted: 2
        case .started: 3
        case .committed: 4
        case .completed: 5
        }
    }

    init?(number: UInt8) {
        guard let certainty = Self.allCases.first(where: { $0.number == number }) else { return nil }
        self = certainty
    }
}

extension PickReason {
    /// In the journal; 0 is none. Numbers are never reused.
    fileprivate var number: UInt8 {
        switch self {
        case .session: 1
        case .sameCache: 2
        case .leastLoaded: 3
        case .onlyChoice: 4
        case .trial: 5
        case .lastResort: 6
        case .owner: 7
        }
    }

    init?(number: UInt8) {
        guard let reason = Self.allCases.first(where: { $0.number == number }) else { return nil }
        self = reason
    }
}
