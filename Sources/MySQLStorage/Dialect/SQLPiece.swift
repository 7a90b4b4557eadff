#if MySQL
    /// A piece of a statement as it stands: nothing is lost, so that what isn't translated goes to the server letter by letter.
    struct SQLPiece: Hashable {
        enum Kind: Hashable {
            case word, name, text, number, mark
            /// Spaces and comments.
            case space
        }

        let kind: Kind
        let text: String

        /// A keyword or a name without quotes, in lower case; nil for everything else.
        var word: String? { kind == .word ? text.lowercased() : nil }

        func isMark(_ mark: String) -> Bool { kind == .mark && text == mark }

        static func word(_ text: String) -> SQLPiece { SQLPiece(kind: .word, text: text) }
        static func mark(_ text: String) -> SQLPiece { SQLPiece(kind: .mark, text: text) }
        static let space = SQLPiece(kind: .space, text: " ")
    }

    extension SQLPiece {
        /// Total: whatever is not understood becomes a mark of its own.
        static func all(of sql: String) -> [SQLPiece] {
            var reader = SQLPieceReader(bytes: Array(sql.utf8))
            var pieces: [SQLPiece] = []
            while let piece = reader.next() { pieces.append(piece) }
            return pieces
        }

        static func write(_ pieces: some Sequence<SQLPiece>) -> String { pieces.lazy.map(\.text).joined() }
    }

    private struct SQLPieceReader {
        let bytes: [UInt8]
        var place = 0

        mutating func next() -> SQLPiece? {
            guard let byte = peek() else { return nil }
            let start = place
            let kind = advance(byte)
            return SQLPiece(kind: kind, text: String(decoding: bytes[start..<min(place, bytes.count)], as: UTF8.self))
        }

        private mutating func advance(_ byte: UInt8) -> SQLPiece.Kind {
            switch byte {
            case UInt8(ascii: "'"):
                skipQuoted(byte)
                return .text
            case UInt8(ascii: "\""), UInt8(ascii: "`"):
                skipQuoted(byte)
                return .name
            case _ where Self.isSpace(byte) || isComment:
                skipSpace()
                return .space
            case _ where Self.isOfWord(byte):
                while let byte = peek(), Self.isOfWord(byte) { place += 1 }
                return byte >= 0x30 && byte <= 0x39 ? .number : .word
            default:
                // `||`, `<>`, `<=`, `>=`, `!=`, `==` stay together.
                let pair = [byte, peek(1) ?? 0]
                place += ["||", "<>", "<=", ">=", "!=", "=="].contains { Array($0.utf8) == pair } ? 2 : 1
                return .mark
            }
        }

        private func peek(_ distance: Int = 0) -> UInt8? {
            bytes.indices.contains(place + distance) ? bytes[place + distance] : nil
        }

        private var isComment: Bool {
            (peek() == UInt8(ascii: "-") && peek(1) == UInt8(ascii: "-")) || (peek() == UInt8(ascii: "/") && peek(1) == UInt8(ascii: "*"))
        }

        private mutating func skipSpace() {
            while let byte = peek() {
                if Self.isSpace(byte) {
                    place += 1
                } else if isComment, byte == UInt8(ascii: "-") {
                    while let next = peek(), next != 0x0A { place += 1 }
                } else if isComment {
                    place += 2
                    while let next = peek(), !(next == UInt8(ascii: "*") && peek(1) == UInt8(ascii: "/")) { place += 1 }
                    place += 2
                } else {
                    return
                }
            }
        }

        private mutating func skipQuoted(_ end: UInt8) {
            place += 1
            while let byte = peek() {
                place += 1
                guard byte == end else { continue }
                guard peek() == end else { return }
                place += 1
            }
        }

        private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

        private static func isOfWord(_ byte: UInt8) -> Bool {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x24, 0x80...: true
            default: false
            }
        }
    }
#endif
