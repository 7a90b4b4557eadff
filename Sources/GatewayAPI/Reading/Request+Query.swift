import Gateway
import Hummingbird
import Vocabulary
import WebServer

extension RequestScope {
    /// The id of the path.
    /// - Throws: `unknown`, because nothing can have another name.
    func id<Subject>(orElse unknown: GatewayError) throws(GatewayError) -> Identifier<Subject> {
        guard let text = parameters.get("id"), let id = Identifier<Subject>(text) else { throw unknown }
        return id
    }
}

extension Request {
    /// A text of the query; nil when it is absent or empty.
    func queryText(_ name: String) -> String? {
        uri.queryParameters[name[...]].flatMap { $0.isEmpty ? nil : String($0) }
    }

    /// A moment of the query in milliseconds. Throws a `Problem`: 400 `web.bad_query`.
    func queryTime(_ name: String) throws(Problem) -> Timestamp? {
        guard queryText(name) != nil, let number = try queryNumber(name) else { return nil }
        // The end of the calendar: beyond it sums of times would leave 64 bits.
        return Timestamp(milliseconds: min(number, 253_402_300_799_999))
    }

    /// An id of the query. Throws a `Problem`: 400 `web.bad_query`.
    func queryID<Subject>(_ name: String) throws(Problem) -> Identifier<Subject>? {
        guard let text = queryText(name) else { return nil }
        guard let id = Identifier<Subject>(text) else { throw .badQuery(name, "an id") }
        return id
    }

    /// A request's id, as clients are told it in `x-request-id`. Throws a `Problem`: 400 `web.bad_query`.
    func queryRequestID(_ name: String) throws(Problem) -> ULID? {
        guard let text = queryText(name) else { return nil }
        guard let id = ULID(text) else { throw .badQuery(name, "the id of a request, as in x-request-id") }
        return id
    }

    /// One of few words of the query. Throws a `Problem`: 400 `web.bad_query`.
    func queryWord<Word: RawRepresentable & CaseIterable>(_ name: String) throws(Problem) -> Word? where Word.RawValue == String {
        guard let text = queryText(name) else { return nil }
        guard let word = Word(rawValue: text) else {
            throw .badQuery(name, "one of \(Word.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return word
    }
}

/// A zone as an offset: `+08:00`, `-03:30`, `Z`. A plus that nobody escaped comes as a space.
struct ZoneOffset {
    /// East of Greenwich, at most 15 hours either way.
    let minutes: Int

    init?(_ text: String) {
        if text == "Z" || text == "z" {
            minutes = 0
            return
        }
        let parts = text.dropFirst().split(separator: ":", omittingEmptySubsequences: false)
        guard let sign = text.first, "+- ".contains(sign), parts.count == 2, let hours = Self.number(parts.first),
            let rest = Self.number(parts.last), hours <= 14, rest < 60
        else { return nil }
        minutes = (sign == "-" ? -1 : 1) * (hours * 60 + rest)
    }

    private static func number(_ text: Substring?) -> Int? {
        guard let text, text.utf8.count == 2, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(text)
    }
}
