import Routing
import Storage
import Vocabulary

/// The ledger's tables: what `LedgerService` writes.
enum LedgerStore {
    // MARK: How far the journal has been moved

    /// Nil before the first move.
    static func position(on connection: any SQLConnection) throws -> JournalPosition? {
        guard let row = try connection.row("SELECT segment, place FROM gateway_ledger WHERE slot = 1") else { return nil }
        let segment: Int64 = try row.get(0)
        return JournalPosition(segment: UInt64(clamping: segment), offset: try row.get(1))
    }

    static func save(_ position: JournalPosition, on connection: any SQLConnection) throws {
        let (segment, place) = (Int64(clamping: position.segment), position.offset)
        guard try connection.execute("UPDATE gateway_ledger SET segment = ?, place = ? WHERE slot = 1", segment, place) == 0 else { return }
        try connection.execute("INSERT INTO gateway_ledger (slot, segment, place) VALUES (1, ?, ?)", segment, place)
    }

    // MARK: One batch

    /// All of `batch` and the place behind it: in one transaction, so that nothing is booked twice or lost.
    static func write(_ batch: LedgerBatch, upTo position: JournalPosition, on connection: any SQLConnection) throws {
        try write(batch, on: connection)
        try save(position, on: connection)
    }

    /// All of `batch`, the place staying as it is.
    static func write(_ batch: LedgerBatch, on connection: any SQLConnection) throws {
        try requests.insert(batch.requests.lazy.filter { !$0.isStored }.map(values), on: connection)
        for change in batch.requests where change.isStored { try update(change, on: connection) }
        try attempts.insert(batch.attempts.lazy.filter { !$0.attempt.isStored }.map(values), on: connection)
        for change in batch.attempts where change.attempt.isStored { try update(change, on: connection) }
        try refusals.insert(batch.refused.lazy.map(values), on: connection)
        for (place, figures) in batch.figures { try add(figures, to: place, on: connection) }
        for (kind, count) in batch.refusals { try add(count, to: kind, on: connection) }
    }

    private static let closingColumns = [
        "status", "http_status", "code", "node_id", "mapped_model", "attempts", "first_byte_ms", "duration_ms", "input_tokens",
        "output_tokens",
        "cache_read_tokens", "cache_write_5m_tokens", "cache_write_1h_tokens", "web_searches", "cost", "is_unpriced", "price_lines",
        "flags",
        "geo",
    ]
    private static let openingColumns = ["id", "workspace_id", "key_id", "operation", "model", "is_stream", "agent", "address", "session"]
    private static let requests = RowInsertion("gateway_request", openingColumns + closingColumns)
    private static let updateRequest =
        "UPDATE gateway_request SET \(closingColumns.map { "\($0) = ?" }.joined(separator: ", ")) WHERE id = ? AND status = 'open'"

    /// In the order of `openingColumns` and `closingColumns`.
    private static func values(of change: LedgerBatch.RequestChange) -> [SQLValue] {
        let opening = change.opening
        var values: [SQLValue] = []
        values.reserveCapacity(openingColumns.count + closingColumns.count)
        values += [
            .text(opening.id.description), opening.workspace.sqlValue, opening.key.sqlValue, .text(opening.operation), .text(opening.model),
            opening.isStream.sqlValue, .text(opening.client.agent), .text(opening.client.address), opening.client.session.sqlValue,
        ]
        append(change, to: &values)
        return values
    }

    private static func update(_ change: LedgerBatch.RequestChange, on connection: any SQLConnection) throws {
        var values: [SQLValue] = []
        values.reserveCapacity(closingColumns.count + 1)
        append(change, to: &values)
        values.append(.text(change.opening.id.description))
        try connection.execute(updateRequest, values)
    }

    /// In the order of `closingColumns`.
    private static func append(_ change: LedgerBatch.RequestChange, to values: inout [SQLValue]) {
        guard let closing = change.closing else {
            values += [.text("open"), .null, .null, .null, .null, .integer(0)]
            values += Array(repeating: .null, count: 9) + [.integer(0), .null, .integer(0), .null]
            return
        }
        let usage = closing.usage
        values += [
            .text(closing.status.rawValue), closing.httpStatus.sqlValue, closing.code.sqlValue, closing.node.sqlValue,
            closing.mappedModel.sqlValue, .integer(Int64(closing.attempts)), known(closing.firstByteMilliseconds),
            known(closing.durationMilliseconds), (usage?.input).sqlValue, (usage?.output).sqlValue, (usage?.cacheRead).sqlValue,
            (usage?.cacheWrite5m).sqlValue, (usage?.cacheWrite1h).sqlValue, (usage?.webSearches).sqlValue, change.bill.cost.sqlValue,
            (change.bill == .unpriced).sqlValue, change.bill.text.sqlValue, .integer(Int64(closing.flags.rawValue)), closing.geo.sqlValue,
        ]
    }

    /// A time that nobody measured is below 0 in the journal and NULL here.
    private static func known(_ milliseconds: Int64?) -> SQLValue {
        milliseconds.map { $0 < 0 ? .null : .integer($0) } ?? .null
    }

    private static let refusals = RowInsertion(
        "gateway_request", openingColumns + ["status", "http_status", "code", "attempts", "is_unpriced", "flags"])

    private static func values(of refusal: RequestRefusal) -> [SQLValue] {
        [
            .text(refusal.id.description), refusal.workspace.sqlValue, refusal.key.sqlValue, .text(refusal.operation), .text(refusal.model),
            .integer(0), .text(refusal.client.agent), .text(refusal.client.address), refusal.client.session.sqlValue, .text("refused"),
            .integer(Int64(refusal.httpStatus)), .text(refusal.code), .integer(0), .integer(0), .integer(0),
        ]
    }

    // MARK: Tries

    private static let endingColumns = ["certainty", "outcome", "http_status", "ms", "is_charge_suspected", "is_node_fault"]
    private static let attempts = RowInsertion(
        "gateway_attempt", ["request_id", "number", "node_id", "mapped_model", "at"] + endingColumns)
    private static let updateAttempt =
        "UPDATE gateway_attempt SET \(endingColumns.map { "\($0) = ?" }.joined(separator: ", ")) WHERE request_id = ? AND number = ?"

    private static func values(of change: LedgerBatch.AttemptChange) -> [SQLValue] {
        let opening = change.attempt.opening
        let values: [SQLValue] = [
            .text(change.request.description), .integer(Int64(opening.number)), opening.node.sqlValue, .text(opening.mappedModel),
            change.attempt.at.sqlValue,
        ]
        return values + self.values(of: change.attempt.ending)
    }

    private static func update(_ change: LedgerBatch.AttemptChange, on connection: any SQLConnection) throws {
        let place: [SQLValue] = [.text(change.request.description), .integer(Int64(change.attempt.opening.number))]
        try connection.execute(updateAttempt, values(of: change.attempt.ending) + place)
    }

    /// In the order of `endingColumns`.
    private static func values(of ending: AttemptEnding?) -> [SQLValue] {
        guard let ending else { return [.null, .null, .null, .null, .integer(0), .integer(0)] }
        return [
            .text(ending.certainty.rawValue), .text(ending.outcome), ending.httpStatus.sqlValue, known(ending.milliseconds),
            ending.isChargeSuspected.sqlValue, ending.isNodeFault.sqlValue,
        ]
    }

    // MARK: Hours and minutes

    private static let hourKey = ["workspace_id", "hour", "key_id", "node_id", "model", "served_model"]
    private static let hours = RowInsertion("gateway_hour", hourKey + UsageFigures.columns)
    private static let updateHour =
        "UPDATE gateway_hour SET \(UsageFigures.columns.map { "\($0) = \($0) + ?" }.joined(separator: ", "))"
        + " WHERE \(hourKey.map { "\($0) = ?" }.joined(separator: " AND "))"

    /// Adds `figures` to an hour's row, which is made when there is none.
    static func add(_ figures: UsageFigures, to place: UsagePlace, on connection: any SQLConnection) throws {
        let amounts = figures.values.map { SQLValue.integer($0) }
        let key: [SQLValue] = [
            .text(place.workspace?.description ?? ""), place.hour.sqlValue, .text(place.key?.description ?? ""),
            .text(place.node?.description ?? ""), .text(place.model), .text(place.servedModel),
        ]
        guard try connection.execute(updateHour, amounts + key) == 0 else { return }
        try hours.insert(CollectionOfOne(key + amounts), on: connection)
    }

    private static func add(_ count: Int64, to kind: RefusalCount, on connection: any SQLConnection) throws {
        guard count > 0 else { return }
        let key: [SQLValue] = [
            .text(kind.workspace?.description ?? ""), kind.minute.sqlValue, .text(kind.key?.description ?? ""), .text(kind.code),
        ]
        let update = "UPDATE gateway_refusal SET count = count + ? WHERE workspace_id = ? AND minute = ? AND key_id = ? AND code = ?"
        guard try connection.execute(update, [.integer(count)] + key) == 0 else { return }
        try connection.execute(
            "INSERT INTO gateway_refusal (workspace_id, minute, key_id, code, count) VALUES (?, ?, ?, ?, ?)", key + [.integer(count)])
    }
}
