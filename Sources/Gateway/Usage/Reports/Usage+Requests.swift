import Routing
import Storage
package import Vocabulary

extension Usage {
    /// Requests of a workspace, newest first.
    /// - Parameter limit: 1–200.
    /// - Throws: `GatewayError.cursorInvalid`, `StorageError`.
    package func requests(
        _ filter: RequestFilter, after cursor: Cursor?, limit: Int, in workspace: WorkspaceID
    ) async throws -> Page<RequestSummary> {
        let query = RequestQuery(filter, before: try Self.place(of: cursor), workspace: workspace)
        let limit = limit.asPageLimit
        let rows = try await database.read { try query.rows(limit: limit + 1, on: $0) }
        let shown = Array(rows.prefix(limit))
        return Page(items: shown, next: rows.count > limit ? shown.last.map { Cursor([$0.id.description]) } : nil)
    }

    /// One request with its tries. Who has just seen it end in the live view finds it as it ended: what is only in the journal is waited for.
    /// - Throws: `GatewayError.requestNotFound`, for those of other workspaces too; `StorageError`.
    package func request(_ id: ULID, in workspace: WorkspaceID) async throws -> RequestDetail {
        if let found = try await detail(of: id, in: workspace), found.summary.status != .open { return found }
        await catchUp()
        guard let found = try await detail(of: id, in: workspace) else { throw GatewayError.requestNotFound }
        return found
    }

    private func detail(of id: ULID, in workspace: WorkspaceID) async throws -> RequestDetail? {
        try await database.read { try RequestQuery.detail(id, workspace: workspace, on: $0) }
    }

    private static func place(of cursor: Cursor?) throws(GatewayError) -> ULID? {
        guard let cursor else { return nil }
        guard cursor.keys.count == 1, let id = cursor.keys.first.flatMap({ ULID($0) }) else { throw .cursorInvalid }
        return id
    }
}

/// A list of requests as SQL: the spans that have what is asked for, newest first, and their requests by id. A page costs about its rows and
/// what else came in within the half minutes that it shows (`SpanQuery`). Open requests have an index of their own.
struct RequestQuery {
    private var conditions: [String] = []
    private var arguments: [SQLValue] = []
    /// Nil: the requests are found without them.
    private let spans: SpanQuery?

    init(_ filter: RequestFilter, before place: ULID?, workspace: WorkspaceID) {
        let from = filter.from.map { ULID.first(at: $0) }
        let end = [filter.to.map { ULID.first(at: $0) }, place].compactMap { $0 }.min()
        if filter.id != nil || filter.status == .open {
            spans = nil
            add("r.workspace_id = ?", workspace.sqlValue)
            add("r.id = ?", filter.id.map { .text($0.description) })
            add("r.id >= ?", from.map { .text($0.description) })
            add("r.id < ?", end.map { .text($0.description) })
        } else {
            spans = SpanQuery(filter, from: from, to: end, workspace: workspace)
        }
        // As a word of the statement: only so the engine knows that the index of open requests has them all.
        if let status = filter.status { conditions.append("r.status = '\(status.rawValue)'") }
        add("r.key_id = ?", filter.key?.sqlValue)
        add("r.node_id = ?", filter.node?.sqlValue)
        add("r.model = ?", filter.model?.sqlValue)
    }

    private mutating func add(_ condition: String, _ argument: SQLValue?) {
        guard let argument else { return }
        conditions.append(condition)
        arguments.append(argument)
    }

    private static let columns =
        """
        r.id, r.key_id, k.name, r.operation, r.model, r.mapped_model, r.is_stream, r.status, r.http_status, r.code, r.node_id, COALESCE(n.name, (SELECT d.name FROM departed_node d WHERE d.id = r.node_id)),
        r.attempts, r.first_byte_ms, r.duration_ms, r.input_tokens, r.cache_read_tokens, r.cache_write_5m_tokens, r.cache_write_1h_tokens,
        r.output_tokens, r.web_searches, r.cost, r.is_unpriced
        """
    private static let names = "LEFT JOIN gateway_key k ON k.id = r.key_id LEFT JOIN node n ON n.id = r.node_id"

    private func statement(_ place: SQLCondition? = nil, limit: Int) -> (text: String, arguments: [SQLValue]) {
        let all = (place.map { [$0.text] } ?? []) + conditions
        return (
            "SELECT \(Self.columns) FROM gateway_request r \(Self.names) WHERE \(all.joined(separator: " AND ")) ORDER BY r.id DESC LIMIT ?",
            (place?.arguments ?? []) + arguments + [limit.sqlValue]
        )
    }

    func rows(limit: Int, on connection: any SQLConnection) throws -> [RequestSummary] {
        let read = { (place: SQLCondition?, limit: Int) in
            let (text, arguments) = statement(place, limit: limit)
            return try connection.rows(text, arguments).map(Self.summary)
        }
        guard let spans else { return try read(nil, limit) }
        return try spans.rows(limit: limit, newestFirst: true, on: connection, read)
    }

    /// How SQLite would go about it, for tests.
    func plan(on connection: any SQLConnection) throws -> String {
        let statements =
            spans.map { [$0.statement(behind: "01KAAAA", limit: 1, newestFirst: true), statement($0.condition("01KAAAA"), limit: 1)] }
            ?? [statement(limit: 1)]
        return try statements.flatMap { text, arguments in
            try connection.rows("EXPLAIN QUERY PLAN \(text)", arguments).map { try $0.get(3, as: String.self) }
        }.joined(separator: "; ")
    }

    static func detail(_ id: ULID, workspace: WorkspaceID, on connection: any SQLConnection) throws -> RequestDetail? {
        let row = try connection.row(
            """
            SELECT \(columns), r.price_lines, r.flags, r.geo, r.agent, r.address, r.session, r.tries FROM gateway_request r
                \(names) WHERE r.id = ? AND r.workspace_id = ?
            """, id.description, workspace)
        guard let row else { return nil }
        let summary = try summary(from: row)
        return RequestDetail(
            summary: summary, tries: try tries(AttemptText.read(row.get(29), model: summary.model), on: connection),
            priceLines: RequestBill.lines(of: try row.get(23, as: String?.self) ?? ""), flags: RequestFlags(rawValue: try row.get(24)),
            geo: try row.get(25), client: ClientFacts(agent: try row.get(26), address: try row.get(27), session: try row.get(28)))
    }

    private static func summary(from row: Row) throws -> RequestSummary {
        let (key, node): (KeyID?, NodeID?) = (try row.get(1), try row.get(10))
        let (keyName, nodeName): (String?, String?) = (try row.get(2), try row.get(11))
        return RequestSummary(
            id: try identifier(row), key: key.map { Named(id: $0, name: keyName) }, operation: try row.get(3), model: try row.get(4),
            mappedModel: try row.get(5), isStream: try row.get(6), status: try status(row), httpStatus: try row.get(8),
            code: try row.get(9),
            node: node.map { Named(id: $0, name: nodeName) }, attempts: try row.get(12), firstByteMilliseconds: try row.get(13),
            durationMilliseconds: try row.get(14), usage: try usage(row, from: 15), cost: try row.get(21), isUnpriced: try row.get(22))
    }

    private static func identifier(_ row: Row) throws -> ULID {
        guard let id = ULID(try row.get(0, as: String.self)) else { throw StorageError.unexpectedValue(column: 0, wanted: "ULID") }
        return id
    }

    private static func status(_ row: Row) throws -> RequestStatus {
        guard let status = RequestStatus(rawValue: try row.get(7)) else { throw StorageError.unexpectedValue(column: 7, wanted: "status") }
        return status
    }

    /// Input, cache read, cache write 5 m and 1 h, output, searches, from column `first` on; nil when there was no usage.
    static func usage(_ row: Row, from first: Int) throws -> PricedTokens? {
        guard let input: Int64 = try row.get(first, as: Int64?.self) else { return nil }
        let rest = try (first + 1...first + 5).map { try row.get($0, as: Int64?.self) ?? 0 }
        guard rest.count == 5 else { return nil }
        return PricedTokens(
            input: input, cacheRead: rest[0], cacheWrite5m: rest[1], cacheWrite1h: rest[2], output: rest[3], webSearches: rest[4])
    }

    private static func tries(_ attempts: [OpenAttempt], on connection: any SQLConnection) throws -> [AttemptSummary] {
        try attempts.map { attempt in
            let (node, ending) = (attempt.opening.node, attempt.ending)
            let name = try connection.row(
                "SELECT name FROM node WHERE id = ? UNION ALL SELECT name FROM departed_node WHERE id = ? LIMIT 1", node, node)
            return AttemptSummary(
                number: attempt.opening.number, node: Named(id: node, name: try name?.get(0)), mappedModel: attempt.opening.mappedModel,
                reason: attempt.opening.reason, at: attempt.at, certainty: ending?.certainty, outcome: ending?.outcome,
                httpStatus: ending?.httpStatus,
                milliseconds: ending.flatMap { $0.milliseconds < 0 ? nil : $0.milliseconds },
                isChargeSuspected: ending?.isChargeSuspected ?? false, isNodeFault: ending?.isNodeFault ?? false)
        }
    }
}
