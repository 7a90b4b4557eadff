import Routing
import Storage
import Vocabulary

/// The ledger's tables: what `LedgerService` writes.
enum LedgerStore {
    // MARK: How far the journal has been moved

    /// Nil before the first move.
    /// - Parameter journal: nil: the only one of a house of one instance.
    static func position(of journal: JournalID?, on connection: any SQLConnection) throws -> JournalPosition? {
        if let journal { return try JournalStore.position(of: journal, on: connection) }
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
    /// - Parameter journal: nil: the only one of a house of one instance.
    /// - Throws: `LedgerError.swept`.
    static func write(
        _ batch: LedgerBatch, upTo position: JournalPosition, of journal: JournalHold?, on connection: any SQLConnection
    ) throws {
        try write(batch, of: journal?.id, on: connection)
        if let journal { try JournalStore.save(position, of: journal, on: connection) } else { try save(position, on: connection) }
    }

    /// All of `batch`, the place staying as it is.
    static func write(_ batch: LedgerBatch, of journal: JournalID? = nil, on connection: any SQLConnection) throws {
        try insert(batch.requests, of: journal, on: connection)
        try complete(batch.requests, on: connection)
        try noteTries(of: batch.requests, on: connection)
        try insert(batch.refused, on: connection)
        try add(batch.spans.all, on: connection)
        try add(batch.figures, on: connection)
        for (kind, count) in batch.refusals { try add(count, to: kind, on: connection) }
    }

    private static let openingColumns = ["id", "workspace_id", "key_id", "operation", "model", "is_stream", "agent", "address", "session"]
    private static let closingColumns = [
        "status", "http_status", "code", "node_id", "mapped_model", "attempts", "first_byte_ms", "duration_ms", "input_tokens",
        "output_tokens", "cache_read_tokens", "cache_write_5m_tokens", "cache_write_1h_tokens", "web_searches", "cost", "is_unpriced",
        "price_lines", "flags", "geo",
    ]
    private static let requestColumns = openingColumns + closingColumns + ["tries"]
    private static let insertRequest = SQLInsertion(into: "gateway_request", requestColumns)
    private static let insertOwnedRequest = SQLInsertion(into: "gateway_request", requestColumns + ["journal_id"])
    private static let completeRequest =
        "UPDATE gateway_request SET \((closingColumns + ["tries"]).map { "\($0) = ?" }.joined(separator: ", "))"
        + " WHERE id = ? AND status = 'open'"
    private static let refusalColumns = openingColumns + ["status", "http_status", "code"]
    private static let insertRefusal =
        "INSERT INTO gateway_request (\(refusalColumns.joined(separator: ", ")), attempts, is_unpriced, flags)"
        + " VALUES (\(places(refusalColumns.count)), 0, 0, 0)"

    private static func places(_ count: Int) -> String { Array(repeating: "?", count: count).joined(separator: ", ") }

    /// Those of which there is no row yet: written once, where a request began and ended within the batch.
    private static func insert(_ changes: [LedgerBatch.RequestChange], of journal: JournalID?, on connection: any SQLConnection) throws {
        var rows = LedgerRows(width: requestColumns.count, for: changes.count)
        for change in changes where !change.isStored && (journal == nil || change.closing != nil) { rows.add(change) }
        try connection.insert(rows.rows, with: insertRequest)
        guard let journal else { return }
        // Only who has them open may end them.
        var open = LedgerRows(width: requestColumns.count + 1, for: changes.count)
        for change in changes where !change.isStored && change.closing == nil {
            open.add(change)
            open.add(id: journal.ulid)
        }
        try connection.insert(open.rows, with: insertOwnedRequest)
    }

    private static func complete(_ changes: [LedgerBatch.RequestChange], on connection: any SQLConnection) throws {
        var rows = LedgerRows(width: closingColumns.count + 2, for: changes.count)
        for change in changes where change.isStored && change.closing != nil {
            rows.add(change.closing, change.bill)
            rows.add(change.attempts, of: change.opening)
            rows.add(id: change.opening.id)
        }
        try connection.execute(completeRequest, each: rows.rows)
    }

    /// Of requests that go on.
    private static func noteTries(of changes: [LedgerBatch.RequestChange], on connection: any SQLConnection) throws {
        var rows = LedgerRows(width: 2, for: changes.count)
        for change in changes where change.isStored && change.closing == nil {
            rows.add(change.attempts, of: change.opening)
            rows.add(id: change.opening.id)
        }
        try connection.execute("UPDATE gateway_request SET tries = ? WHERE id = ? AND status = 'open'", each: rows.rows)
    }

    private static func insert(_ refused: [RequestRefusal], on connection: any SQLConnection) throws {
        var rows = LedgerRows(width: refusalColumns.count, for: refused.count)
        for refusal in refused { rows.add(refusal) }
        try connection.execute(insertRefusal, each: rows.rows)
    }

    // MARK: What lists find the rows by

    private static let insertSpan = SQLInsertion(
        into: "gateway_request_span", ["workspace_id", "facet", "value", "span"], suffix: "ON CONFLICT DO NOTHING")

    private static func add(_ spans: Set<RequestSpan>, on connection: any SQLConnection) throws {
        var rows = SQLRows(width: insertSpan.width)
        for span in spans {
            rows.add(span.workspace.description)
            rows.add(span.value.facet.rawValue)
            rows.add(span.value.text)
            rows.add(span.text)
        }
        try connection.insert(rows, with: insertSpan)
    }

    // MARK: Hours and minutes

    private static let hourKey = ["workspace_id", "hour", "key_id", "node_id", "model", "served_model"]
    private static let addHour = SQLInsertion(
        into: "gateway_hour", hourKey + UsageFigures.columns,
        suffix: "ON CONFLICT (\(hourKey.joined(separator: ", "))) DO UPDATE SET "
            + UsageFigures.columns.map { "\($0) = \($0) + excluded.\($0)" }.joined(separator: ", "))

    /// Adds figures to the rows of their hours, which are made where there are none.
    static func add(_ figures: [UsagePlace: UsageFigures], on connection: any SQLConnection) throws {
        var rows = SQLRows(width: addHour.width)
        for (place, figures) in figures {
            rows.add(place.workspace?.description ?? "")
            rows.add(place.hour.milliseconds)
            rows.add(place.key?.description ?? "")
            rows.add(place.node?.description ?? "")
            rows.add(place.model)
            rows.add(place.servedModel)
            for amount in figures.values { rows.add(amount) }
        }
        try connection.insert(rows, with: addHour)
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
