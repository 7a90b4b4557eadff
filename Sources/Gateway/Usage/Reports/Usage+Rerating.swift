import Routing
import Storage
package import Vocabulary

/// What pricing a period anew does, or would do.
package struct RerateReport: Hashable, Sendable {
    package struct Model: Hashable, Sendable {
        /// As the nodes were asked for it.
        package let model: String
        package internal(set) var requests: Int64 = 0
        /// Nano-dollars; unpriced requests count nothing.
        package internal(set) var before: Int64 = 0
        package internal(set) var after: Int64 = 0
    }

    /// Requests with usage in the period.
    package internal(set) var requests: Int64 = 0
    /// Of these, those whose bill is another one now.
    package internal(set) var changed: Int64 = 0
    package internal(set) var before: Int64 = 0
    package internal(set) var after: Int64 = 0
    /// By what they cost now, dearest first.
    package internal(set) var models: [Model] = []
}

extension Usage {
    /// Prices the requests of a period with the price book as it is now. Only requests whose details are still kept can be priced anew.
    ///
    /// Rows and hourly sums change together, 200 requests at a time; cut off in between it can simply be done again, and a second time changes
    /// nothing.
    /// - Parameter apply: false only tells what would change.
    /// - Throws: `StorageError`.
    package func rerate(from: Timestamp, to: Timestamp, apply: Bool, in workspace: WorkspaceID) async throws -> RerateReport {
        var sums = RerateSums()
        var place: ULID? = ULID.first(at: from)
        while let from = place {
            let (batch, next) = try await rerateBatch(from: from, to: to, apply: apply, in: workspace)
            sums.add(batch)
            place = next
        }
        return sums.report
    }

    private func rerateBatch(
        from: ULID, to: Timestamp, apply: Bool, in workspace: WorkspaceID
    ) async throws -> ([RatedRequest], next: ULID?) {
        let pricing = pricing
        let body: @Sendable (any SQLConnection) throws -> [RatedRequest] = { connection in
            let requests = try RatedRequest.read(from: from, to: to, workspace: workspace, limit: 200, on: connection).map {
                $0.priced(pricing)
            }
            if apply { for request in requests where request.isChanged { try request.write(on: connection) } }
            return requests
        }
        let requests = apply ? try await database.write(body) : try await database.read(body)
        return (requests, requests.count == 200 ? requests.last?.opening.id.following : nil)
    }
}

extension ULID {
    /// The next one; nil after the last.
    fileprivate var following: ULID? {
        let (low, overflows) = low.addingReportingOverflow(1)
        guard overflows else { return ULID(time: time, randomness: (UInt16(truncatingIfNeeded: high), low)) }
        return ULID(time: time, randomness: (UInt16(truncatingIfNeeded: high) &+ 1, 0))
    }
}

/// A stored request with its bill of then and of now.
private struct RatedRequest {
    var opening: RequestOpening
    var closing: RequestClosing
    var before: Int64?
    var wasUnpriced: Bool
    var textBefore: String?
    var bill = RequestBill.nothing

    static func read(
        from: ULID, to: Timestamp, workspace: WorkspaceID, limit: Int, on connection: any SQLConnection
    ) throws -> [RatedRequest] {
        let spans = SpanQuery(from: from, to: .first(at: to), workspace: workspace)
        return try spans.rows(limit: limit, newestFirst: false, on: connection) { place, limit in
            try connection.rows(
                """
                SELECT r.id, r.key_id, r.operation, r.model, r.mapped_model, r.node_id, r.flags, r.geo, r.input_tokens, r.cache_read_tokens,
                    r.cache_write_5m_tokens, r.cache_write_1h_tokens, r.output_tokens, r.web_searches, r.cost, r.is_unpriced, r.price_lines
                    FROM gateway_request r WHERE \(place.text) AND r.input_tokens IS NOT NULL ORDER BY r.id LIMIT ?
                """, place.arguments + [limit.sqlValue])
        }.map { try RatedRequest($0, workspace: workspace) }
    }

    private init(_ row: Row, workspace: WorkspaceID) throws {
        guard let id = ULID(try row.get(0, as: String.self)) else { throw StorageError.unexpectedValue(column: 0, wanted: "ULID") }
        opening = RequestOpening(id: id, workspace: workspace, key: try row.get(1), operation: try row.get(2), model: try row.get(3))
        closing = RequestClosing(
            status: .completed, httpStatus: nil, attempts: 0, durationMilliseconds: 0, usage: try RequestQuery.usage(row, from: 8),
            flags: RequestFlags(rawValue: try row.get(6)), node: try row.get(5), mappedModel: try row.get(4), geo: try row.get(7))
        before = try row.get(14)
        wasUnpriced = try row.get(15)
        textBefore = try row.get(16)
    }

    func priced(_ pricing: any UsagePricing) -> RatedRequest {
        var priced = self
        priced.bill = RequestBill(closing, of: opening, pricing: pricing)
        return priced
    }

    var model: String { closing.mappedModel ?? opening.model }
    var isChanged: Bool { before != bill.cost || wasUnpriced != (bill == .unpriced) || textBefore != bill.text }

    func write(on connection: any SQLConnection) throws {
        try connection.execute(
            "UPDATE gateway_request SET cost = ?, is_unpriced = ?, price_lines = ? WHERE id = ?", bill.cost, bill == .unpriced, bill.text,
            opening.id.description)
        var figures = UsageFigures()
        figures.cost = (bill.cost ?? 0) - (before ?? 0)
        figures.unpriced = (bill == .unpriced ? 1 : 0) - (wasUnpriced ? 1 : 0)
        try LedgerStore.add([UsagePlace(opening, closing): figures], on: connection)
    }
}

/// Adds up a report.
private struct RerateSums {
    private var whole = RerateReport()
    private var models: [String: RerateReport.Model] = [:]

    mutating func add(_ requests: [RatedRequest]) {
        for request in requests {
            let (before, after) = (request.before ?? 0, request.bill.cost ?? 0)
            whole.requests += 1
            whole.changed += request.isChanged ? 1 : 0
            whole.before = whole.before.addingWithoutOverflow(before)
            whole.after = whole.after.addingWithoutOverflow(after)
            var model = models[request.model] ?? RerateReport.Model(model: request.model)
            model.requests += 1
            model.before = model.before.addingWithoutOverflow(before)
            model.after = model.after.addingWithoutOverflow(after)
            models[request.model] = model
        }
    }

    var report: RerateReport {
        var report = whole
        report.models = models.values.sorted { ($0.after, $1.model) > ($1.after, $0.model) }
        return report
    }
}
