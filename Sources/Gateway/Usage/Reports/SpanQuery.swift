import Routing
import Storage
import Vocabulary

/// The part of a query that finds requests by their spans (`RequestSpan`): table `s` the spans, table `r` the requests of each.
struct SpanQuery {
    /// CROSS JOIN: the engine keeps the order, spans first.
    static let tables = "gateway_request_span s CROSS JOIN gateway_request r"
    /// Behind every id, and behind every id that begins with a span.
    private static let end = "~"

    private(set) var conditions: [String] = []
    private(set) var arguments: [SQLValue] = []

    /// - Parameters:
    ///   - from: the first id that matters; nil: all.
    ///   - to: the first one behind them; nil: all.
    init(_ filter: RequestFilter = RequestFilter(), from: ULID?, to: ULID?, workspace: WorkspaceID) {
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
        // One bound on each side: with two the engine would walk from one and skip up to the other.
        add(
            "r.id >= max(s.span, ?) AND r.id < min(s.span || '~', ?) AND r.workspace_id = ?",
            [.text(from?.description ?? ""), .text(to?.description ?? Self.end), workspace.sqlValue])
    }

    private mutating func add(_ condition: String, _ arguments: [SQLValue]) {
        conditions.append(condition)
        self.arguments += arguments
    }
}
