import Routing
import Storage
import Vocabulary

/// Finds requests by their spans (`RequestSpan`): first the spans, `s`, then the requests of each, `r`.
///
/// Two statements rather than a join of both. SQLite walked such a join from the newest span on and ended with the page; MySQL read and sorted
/// all that the workspace ever asked, 34,000 rows for 50 out of 6,000.
struct SpanQuery {
    /// Behind every id, and behind every id that begins with a span.
    private static let end = "~"
    /// Spans that are asked for at once: a busy house has a page in the first.
    private static let (first, further) = (1, 64)

    private var conditions: [String] = []
    private var arguments: [SQLValue] = []
    private let workspace: WorkspaceID
    private let from: String
    private let to: String

    /// - Parameters:
    ///   - from: the first id that matters; nil: all.
    ///   - to: the first one behind them; nil: all.
    init(_ filter: RequestFilter = RequestFilter(), from: ULID?, to: ULID?, workspace: WorkspaceID) {
        self.workspace = workspace
        (self.from, self.to) = (from?.description ?? "", to?.description ?? Self.end)
        var wanted: [(RequestSpan.Facet, String)] = []
        if let key = filter.key { wanted.append((.key, key.description)) }
        if let node = filter.node { wanted.append((.node, node.description)) }
        if let model = filter.model { wanted.append((.model, model)) }
        if let status = filter.status { wanted.append((.status, status.rawValue)) }
        let first = wanted.isEmpty ? (RequestSpan.Facet.all, "") : wanted.removeFirst()
        add("s.workspace_id = ? AND s.facet = ? AND s.value = ?", [workspace.sqlValue, .text(first.0.rawValue), .text(first.1)])
        if let from { add("s.span >= ?", [.text(RequestSpan.text(of: from))]) }
        if let to { add("s.span <= ?", [.text(RequestSpan.text(of: to))]) }
        for (facet, value) in wanted {
            add(
                """
                EXISTS (SELECT 1 FROM gateway_request_span o
                    WHERE o.workspace_id = s.workspace_id AND o.facet = ? AND o.value = ? AND o.span = s.span)
                """, [.text(facet.rawValue), .text(value)])
        }
    }

    private mutating func add(_ condition: String, _ arguments: [SQLValue]) {
        conditions.append(condition)
        self.arguments += arguments
    }

    /// Rows of the requests, at most `limit`, in the order of their ids.
    /// - Parameter read: given a condition on `r` and a number, returns at most so many of the rows that it holds for, in that order.
    func rows<Value>(
        limit: Int, newestFirst: Bool, on connection: any SQLConnection, _ read: (SQLCondition, Int) throws -> [Value]
    ) throws -> [Value] {
        var (found, place) = ([Value](), String?.none)
        while found.count < limit {
            let portion = place == nil ? Self.first : Self.further
            let spans = try spans(behind: place, limit: portion, newestFirst: newestFirst, on: connection)
            // One by one: of several ranges in one statement SQLite takes reading the whole table for cheaper.
            for span in spans where found.count < limit { found += try read(condition(span), limit - found.count) }
            guard spans.count == portion else { break }
            place = spans.last
        }
        return found
    }

    private func spans(behind place: String?, limit: Int, newestFirst: Bool, on connection: any SQLConnection) throws -> [String] {
        let (text, arguments) = statement(behind: place, limit: limit, newestFirst: newestFirst)
        return try connection.rows(text, arguments).map { try $0.get(0) }
    }

    /// What asks for the next spans.
    func statement(behind place: String?, limit: Int, newestFirst: Bool) -> (text: String, arguments: [SQLValue]) {
        let (order, behind) = newestFirst ? ("DESC", "s.span < ?") : ("ASC", "s.span > ?")
        let all = place.map { (conditions + [behind], arguments + [.text($0)]) } ?? (conditions, arguments)
        return (
            "SELECT s.span FROM gateway_request_span s WHERE \(all.0.joined(separator: " AND ")) ORDER BY s.span \(order) LIMIT ?",
            all.1 + [limit.sqlValue]
        )
    }

    /// The workspace's requests of a span.
    func condition(_ span: String) -> SQLCondition {
        SQLCondition(
            "r.id >= ? AND r.id < ? AND r.workspace_id = ?",
            [.text(max(span, from)), .text(min(span + Self.end, to)), workspace.sqlValue])
    }
}
