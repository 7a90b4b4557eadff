import Routing
import Vocabulary

extension LedgerRecord {
    /// - Throws: `JournalReader.Malformed` for anything that `JournalWriter` does not write, kinds of later releases included.
    init(kind: UInt8, payload: UnsafeRawBufferPointer) throws(JournalReader.Malformed) {
        var reader = JournalReader(payload)
        switch kind {
        case 1: self = .opened(try reader.opening())
        case 2: self = try reader.attemptOpened(hasReason: false)
        case 3: self = try reader.attemptEnded()
        case 4: self = try reader.closed()
        case 5: self = .refused(try reader.refusal())
        case 6: self = .refusals(try reader.refusals())
        case 7: self = try reader.attemptOpened(hasReason: true)
        default: throw JournalReader.Malformed()
        }
        try reader.end()
    }
}

extension JournalReader {
    fileprivate mutating func opening() throws(Malformed) -> RequestOpening {
        let (id, workspace, key) = (try ulid(), try ulid(), try optionalULID())
        let isStream = try flag()
        return RequestOpening(
            id: id, workspace: .init(workspace), key: key.map { .init($0) }, operation: try text(), model: try text(), isStream: isStream,
            client: try client())
    }

    private mutating func client() throws(Malformed) -> ClientFacts {
        ClientFacts(agent: try text(), address: try text(), session: try optionalText())
    }

    fileprivate mutating func attemptOpened(hasReason: Bool) throws(Malformed) -> LedgerRecord {
        let (id, number, time) = (try ulid(), try self.number(UInt16.self), try self.number(Int64.self))
        let (node, model) = (try ulid(), try text())
        let reason = hasReason ? PickReason(number: try self.number(UInt8.self)) : nil
        return .attemptOpened(
            id, AttemptOpening(number: Int(number), node: .init(node), mappedModel: model, reason: reason),
            at: Timestamp(milliseconds: time))
    }

    fileprivate mutating func attemptEnded() throws(Malformed) -> LedgerRecord {
        let (id, number, certainty) = (try ulid(), try self.number(UInt16.self), AttemptCertainty(number: try self.number()))
        let (isChargeSuspected, isNodeFault) = (try flag(), try flag())
        let (status, milliseconds) = (try optionalNumber(), try self.number(Int64.self))
        let outcome = try text()
        guard let certainty else { throw Malformed() }
        return .attemptEnded(
            id,
            AttemptEnding(
                number: Int(number), certainty: certainty, outcome: outcome, httpStatus: status.map { Int(truncatingIfNeeded: $0) },
                milliseconds: milliseconds, isChargeSuspected: isChargeSuspected, isNodeFault: isNodeFault))
    }

    fileprivate mutating func closed() throws(Malformed) -> LedgerRecord {
        let (id, status, flags) = (try ulid(), RequestStatus(number: try number()), try number(UInt32.self))
        let (attempts, httpStatus, firstByte) = (try number(UInt16.self), try optionalNumber(), try optionalNumber())
        let (duration, usage, node) = (try number(Int64.self), try tokens(), try optionalULID())
        let (code, model, geo) = (try optionalText(), try optionalText(), try optionalText())
        guard let status, status != .open else { throw Malformed() }
        return .closed(
            id,
            RequestClosing(
                status: status, httpStatus: httpStatus.map { Int(truncatingIfNeeded: $0) }, code: code, attempts: Int(attempts),
                firstByteMilliseconds: firstByte, durationMilliseconds: duration, usage: usage, flags: RequestFlags(rawValue: Int(flags)),
                node: node.map { .init($0) }, mappedModel: model, geo: geo))
    }

    private mutating func tokens() throws(Malformed) -> PricedTokens? {
        guard try flag() else { return nil }
        let (input, cacheRead, cacheWrite5m) = (try number(Int64.self), try number(Int64.self), try number(Int64.self))
        let (cacheWrite1h, output, webSearches) = (try number(Int64.self), try number(Int64.self), try number(Int64.self))
        return PricedTokens(
            input: input, cacheRead: cacheRead, cacheWrite5m: cacheWrite5m, cacheWrite1h: cacheWrite1h, output: output,
            webSearches: webSearches)
    }

    fileprivate mutating func refusal() throws(Malformed) -> RequestRefusal {
        let (id, workspace, key) = (try ulid(), try optionalULID(), try optionalULID())
        let (status, operation, model, code) = (try number(Int64.self), try text(), try text(), try text())
        return RequestRefusal(
            id: id, workspace: workspace.map { .init($0) }, key: key.map { .init($0) }, operation: operation, model: model,
            httpStatus: Int(truncatingIfNeeded: status), code: code, client: try client())
    }

    fileprivate mutating func refusals() throws(Malformed) -> RefusalCount {
        let (workspace, key, minute) = (try optionalULID(), try optionalULID(), try number(Int64.self))
        let (count, code) = (try number(Int64.self), try text())
        guard (0...1_000_000_000_000).contains(count) else { throw Malformed() }
        return RefusalCount(workspace: workspace, key: key, code: code, minute: Timestamp(milliseconds: minute), count: count)
    }
}
