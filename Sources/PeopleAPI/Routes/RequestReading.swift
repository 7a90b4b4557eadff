import HTTPTypes
import Hummingbird
import People
import Vocabulary
import WebServer

extension Request {
    /// `limit` of the query: 1 to 200, 50 when absent.
    func pageLimit() throws(Problem) -> Int {
        guard let text = uri.queryParameters["limit"] else { return 50 }
        guard let limit = Int(text), (1...200).contains(limit) else { throw .badQuery("limit", "must be a number from 1 to 200.") }
        return limit
    }

    /// `cursor` of the query, nil on the first page.
    func pageCursor() throws(Problem) -> Cursor? {
        guard let text = uri.queryParameters["cursor"] else { return nil }
        guard let cursor = Cursor(text: String(text)) else { throw .badQuery("cursor", "must be what an earlier page gave as next.") }
        return cursor
    }

    /// Where the request comes from.
    func device(in context: RequestScope) -> Device {
        Device(userAgent: headers[.userAgent] ?? "", address: context.clientAddress)
    }

    /// The browser's first language, as far as the console speaks it.
    var language: Language {
        headers[.acceptLanguage]?.lowercased().hasPrefix("zh") == true ? .zh : .en
    }
}

extension RequestScope {
    /// The id of the path.
    /// - Throws: `unknown`, because nothing can have another name.
    func id<Subject>(orElse unknown: PeopleError) throws(PeopleError) -> Identifier<Subject> {
        guard let text = parameters.get("id"), let id = Identifier<Subject>(text) else { throw unknown }
        return id
    }
}

extension Problem {
    fileprivate static func badQuery(_ name: String, _ wanted: String) -> Problem {
        Problem(
            .badRequest, code: "web.bad_query", detail: "\(name) \(wanted)",
            fields: [FieldProblem(field: name, code: "invalid", detail: wanted)])
    }
}
