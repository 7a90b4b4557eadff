package import Hummingbird
package import Vocabulary

extension Request {
    /// `limit` of the query: 1 to 200, 50 when absent. Throws a `Problem`: 400 `web.bad_query`.
    package func pageLimit() throws(Problem) -> Int {
        guard let text = uri.queryParameters["limit"] else { return 50 }
        guard let limit = Int(text), (1...200).contains(limit) else { throw .badQuery("limit", "a number from 1 to 200") }
        return limit
    }

    /// `cursor` of the query, nil on the first page. Throws a `Problem`: 400 `web.bad_query`.
    package func pageCursor() throws(Problem) -> Cursor? {
        guard let text = uri.queryParameters["cursor"] else { return nil }
        guard let cursor = Cursor(text: String(text)) else { throw .badQuery("cursor", "what an earlier page gave as next") }
        return cursor
    }

    /// A number of the query, 0 or more; nil when absent. Throws a `Problem`: 400 `web.bad_query`.
    package func queryNumber(_ name: String) throws(Problem) -> Int64? {
        guard let text = uri.queryParameters[name[...]] else { return nil }
        guard let number = Int64(text), number >= 0 else { throw .badQuery(name, "a whole number, 0 or more") }
        return number
    }
}

extension Problem {
    /// - Parameter wanted: completes "must be …".
    package static func badQuery(_ name: String, _ wanted: String) -> Problem {
        Problem(
            .badRequest, code: "web.bad_query", detail: "\(name) must be \(wanted).",
            fields: [FieldProblem(field: name, code: "invalid", detail: "must be \(wanted)")])
    }
}
