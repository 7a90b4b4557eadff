/// A JSON value. Objects keep the order in which they were written, so that an answer has the same bytes every time.
enum JSON: Sendable, Equatable {
    struct Member: Sendable, Equatable {
        let name: String
        let value: JSON
    }

    case null
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case array([JSON])
    case object([Member])

    subscript(name: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.name == name }?.value
    }

    var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    var items: [JSON] {
        guard case .array(let items) = self else { return [] }
        return items
    }

    var count: Int? {
        guard case .integer(let count) = self else { return nil }
        return count
    }

    var seconds: Double? {
        switch self {
        case .integer(let count): Double(count)
        case .number(let number): number
        default: nil
        }
    }

    var isTrue: Bool { self == .bool(true) }

    /// Whether a member called `name` is anywhere in it.
    func mentions(_ name: String) -> Bool {
        switch self {
        case .array(let items): items.contains { $0.mentions(name) }
        case .object(let members): members.contains { $0.name == name || $0.value.mentions(name) }
        default: false
        }
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByNilLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    init(stringLiteral value: String) { self = .string(value) }
    init(integerLiteral value: Int) { self = .integer(value) }
    init(booleanLiteral value: Bool) { self = .bool(value) }
    init(nilLiteral: ()) { self = .null }
    init(arrayLiteral elements: JSON...) { self = .array(elements) }
    init(dictionaryLiteral elements: (String, JSON)...) { self = .object(elements.map { Member(name: $0.0, value: $0.1) }) }
}
