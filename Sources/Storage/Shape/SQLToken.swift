/// One token of a statement, written so that two spellings of one thing are equal: words in lower case, names without their quotes.
package struct SQLToken: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// A keyword, or a name without quotes.
        case word
        /// A name in quotes.
        case name
        /// A text in quotes, a number, a bracket, an operator.
        case other
    }

    package let kind: Kind
    package let text: String

    /// An unquoted word that reads `word`.
    package func isWord(_ word: String) -> Bool { kind == .word && text == word }

    /// A bracket, a comma, an operator.
    package func isMark(_ mark: String) -> Bool { kind == .other && text == mark }

    /// How tokens are shown and compared: quotes around a name make no other name of it.
    package static func write(_ tokens: some Sequence<SQLToken>) -> String {
        var text = ""
        var sticks = true
        for token in tokens {
            let closes = token.isMark(")") || token.isMark(",") || token.isMark("(") || token.isMark(".")
            if !sticks, !closes { text += " " }
            text += token.text
            sticks = token.isMark("(") || token.isMark(".")
        }
        return text
    }
}

extension SQLToken {
    /// All tokens of `sql`, without spaces and comments. Total: whatever is not understood becomes a token of its own.
    package static func all(of sql: String) -> [SQLToken] {
        var reader = SQLTokenReader(sql)
        var tokens: [SQLToken] = []
        while let token = reader.next() { tokens.append(token) }
        return tokens
    }
}

/// Reads tokens as SQLite does: sqlite.org/lang_keywords.html (the four kinds of quotes), lang_comment.html.
private struct SQLTokenReader {
    private let bytes: [UInt8]
    private var place = 0

    init(_ sql: String) {
        bytes = Array(sql.utf8)
    }

    mutating func next() -> SQLToken? {
        skipSpace()
        guard let byte = peek() else { return nil }
        switch byte {
        case UInt8(ascii: "'"): return SQLToken(kind: .other, text: "'" + quoted(until: byte) + "'")
        case UInt8(ascii: "\""), UInt8(ascii: "`"): return SQLToken(kind: .name, text: quoted(until: byte).lowercased())
        case UInt8(ascii: "["): return SQLToken(kind: .name, text: quoted(until: UInt8(ascii: "]")).lowercased())
        case _ where Self.isOfWord(byte): return word()
        default:
            place += 1
            return SQLToken(kind: .other, text: String(decoding: [byte], as: UTF8.self))
        }
    }

    private func peek(_ distance: Int = 0) -> UInt8? {
        bytes.indices.contains(place + distance) ? bytes[place + distance] : nil
    }

    private mutating func skipSpace() {
        while let byte = peek() {
            if byte == 0x20 || (0x09...0x0D).contains(byte) {
                place += 1
            } else if byte == UInt8(ascii: "-"), peek(1) == byte {
                while let next = peek(), next != 0x0A { place += 1 }
            } else if byte == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "*") {
                place += 2
                while let next = peek(), !(next == UInt8(ascii: "*") && peek(1) == UInt8(ascii: "/")) { place += 1 }
                place += 2
            } else {
                return
            }
        }
    }

    /// The inside of quotes; a doubled closing quote stands for itself.
    private mutating func quoted(until end: UInt8) -> String {
        place += 1
        var inside: [UInt8] = []
        while let byte = peek() {
            place += 1
            if byte == end {
                guard peek() == end, end != UInt8(ascii: "]") else { break }
                place += 1
            }
            inside.append(byte)
        }
        return String(decoding: inside, as: UTF8.self)
    }

    private mutating func word() -> SQLToken {
        let start = place
        while let byte = peek(), Self.isOfWord(byte) { place += 1 }
        let text = String(decoding: bytes[start..<place], as: UTF8.self)
        let isNumber = bytes[start] < 0x3A && bytes[start] >= 0x30
        return SQLToken(kind: isNumber ? .other : .word, text: text.lowercased())
    }

    private static func isOfWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x24, 0x80...: true
        default: false
        }
    }
}
