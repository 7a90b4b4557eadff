import Vocabulary

/// Takes the text of a bell apart, field by field. Nil where a field is missing or isn't what it should be.
struct BellFields {
    private var rest: Substring.UTF8View?

    init(_ text: String) {
        rest = Substring(text).utf8
    }

    /// Spaces part the fields: they and `%` are written as in URLs.
    static func escaped(_ field: String) -> String {
        guard field.utf8.contains(where: { $0 == space || $0 == percent }) else { return field }
        // By scalars: a space with an accent on it is a character of its own.
        return field.unicodeScalars.reduce(into: "") { text, scalar in
            switch scalar {
            case " ": text += "%20"
            case "%": text += "%25"
            default: text.unicodeScalars.append(scalar)
            }
        }
    }

    private static let space = UInt8(ascii: " ")
    private static let percent = UInt8(ascii: "%")

    mutating func text() -> String? {
        guard let rest else { return nil }
        let end = rest.firstIndex(of: Self.space)
        let field = rest[..<(end ?? rest.endIndex)]
        self.rest = end.map { rest[rest.index(after: $0)...] }
        return Self.unescaped(field)
    }

    mutating func identifier<Subject>() -> Identifier<Subject>? {
        text().flatMap { Identifier($0) }
    }

    mutating func number() -> Int64? {
        text().flatMap { Int64($0) }
    }

    mutating func person() -> Bell.Person? {
        text().flatMap(Bell.Person.init(text:))
    }

    mutating func typing() -> Bell.Typing? {
        guard let conversation: ConversationID = identifier(), let customer: CustomerID = identifier(), let by = person(),
            let isOn = number(), let connection = text(), let name = text()
        else { return nil }
        return Bell.Typing(
            conversation: conversation, customer: customer, by: by, name: name, isOn: isOn == 1, connection: connection)
    }

    private static func unescaped(_ field: Substring.UTF8View) -> String? {
        guard field.contains(percent) else { return String(Substring(field)) }
        var bytes: [UInt8] = []
        var rest = field
        while let byte = rest.popFirst() {
            guard byte == percent else {
                bytes.append(byte)
                continue
            }
            switch (rest.popFirst(), rest.popFirst()) {
            case (UInt8(ascii: "2"), UInt8(ascii: "0")): bytes.append(space)
            case (UInt8(ascii: "2"), UInt8(ascii: "5")): bytes.append(percent)
            default: return nil
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
