import HTTPTypes
import Hummingbird
import NIOCore
import Vocabulary
import WebServer

/// JSON on its way out, its members in the order in which they are written: what is null says so, instead of being left out.
enum JSONValue: Sendable {
    case null
    case flag(Bool)
    case number(Int64)
    /// Finite.
    case fraction(Double)
    case text(String)
    case list([JSONValue])
    case object([(name: String, value: JSONValue)])

    static func id<Subject>(_ id: Identifier<Subject>) -> JSONValue { .text(id.description) }
    static func time(_ time: Timestamp?) -> JSONValue { count(time?.milliseconds) }
    static func count(_ number: Int64?) -> JSONValue { number.map(JSONValue.number) ?? .null }
    static func int(_ number: Int?) -> JSONValue { number.map { .number(Int64($0)) } ?? .null }
    static func string(_ text: String?) -> JSONValue { text.map(JSONValue.text) ?? .null }
    /// Nano-dollars: as a string, because JSON's numbers lose digits.
    static func money(_ nano: Int64?) -> JSONValue { nano.map { .text(String($0)) } ?? .null }
    /// 0–1, to four digits.
    static func share(_ share: Double?) -> JSONValue {
        guard let share, share.isFinite else { return .null }
        return .fraction((min(max(share, 0), 1) * 10_000).rounded() / 10_000)
    }
    static func list<Element>(_ elements: some Sequence<Element>, _ each: (Element) throws -> JSONValue) rethrows -> JSONValue {
        .list(try elements.map(each))
    }

    /// With the members of another object behind its own.
    func adding(_ more: JSONValue) -> JSONValue {
        guard case .object(let members) = self, case .object(let others) = more else { return self }
        return .object(members + others)
    }

    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(512)
        write(to: &bytes)
        return bytes
    }

    private func write(to bytes: inout [UInt8]) {
        switch self {
        case .null: bytes += "null".utf8
        case .flag(let flag): bytes += (flag ? "true" : "false").utf8
        case .number(let number): bytes += String(number).utf8
        case .fraction(let number): bytes += String(number).utf8
        case .text(let text): bytes += text.jsonQuoted.utf8
        case .list(let values):
            Self.write(values, in: (UInt8(ascii: "["), UInt8(ascii: "]")), to: &bytes) { $0.write(to: &$1) }
        case .object(let members):
            Self.write(members, in: (UInt8(ascii: "{"), UInt8(ascii: "}")), to: &bytes) { member, bytes in
                bytes += member.name.jsonQuoted.utf8
                bytes.append(UInt8(ascii: ":"))
                member.value.write(to: &bytes)
            }
        }
    }

    private static func write<Element>(
        _ elements: [Element], in brackets: (UInt8, UInt8), to bytes: inout [UInt8], _ each: (Element, inout [UInt8]) -> Void
    ) {
        bytes.append(brackets.0)
        for (index, element) in elements.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            each(element, &bytes)
        }
        bytes.append(brackets.1)
    }
}

extension JSONValue: ExpressibleByDictionaryLiteral, ExpressibleByStringLiteral {
    init(dictionaryLiteral elements: (String, JSONValue)...) { self = .object(elements.map { (name: $0.0, value: $0.1) }) }
    init(stringLiteral text: String) { self = .text(text) }
}

extension Response {
    /// `value`, never cached.
    static func json(_ value: JSONValue, _ status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: value.bytes)))
    }

    /// `{"items": …}` of a list that has no pages.
    static func items<Element>(_ items: [Element], _ each: (Element) -> JSONValue) -> Response {
        .json(["items": .list(items, each)])
    }

    /// `{"items": …, "next": …}`.
    static func page<Element>(_ page: Page<Element>, _ each: (Element) -> JSONValue) -> Response {
        .json(["items": .list(page.items, each), "next": .string(page.next?.text)])
    }

    static var noContent: Response { Response(status: .noContent) }
}
