#if MySQL
    import Synchronization

    /// Everything in which MySQL and MariaDB differ from the words that the stores use.
    ///
    /// The stores keep one text for each statement, in the words that both engines share as far as they do. What is left is translated here,
    /// once for each text. What can't be translated is refused, never guessed.
    struct MySQLDialect: Sendable {
        let flavour: MySQLFlavour

        /// Words that only SQLite knows, or that mean something else here.
        private static let refused: Set<String> = [
            "glob", "pragma", "rowid", "sqlite_schema", "sqlite_master", "returning", "indexed", "typeof", "autoincrement", "json_each",
            "nocase",
        ]

        /// - Throws: `Untranslatable`.
        func translate(_ sql: String) throws -> MySQLText {
            var pieces = SQLPiece.all(of: sql)
            while let last = pieces.last, last.kind == .space || last.isMark(";") { pieces.removeLast() }
            if let first = pieces.firstIndex(where: { $0.kind != .space }) { pieces.removeSubrange(..<first) }
            var text = MySQLText(text: "")
            do {
                switch pieces.first?.word {
                case "create": try SchemaWords(flavour: flavour).create(&pieces)
                case "alter": try SchemaWords(flavour: flavour).alter(&pieces)
                case "drop": text.droppedIndex = SchemaWords.droppedIndex(pieces)
                case "insert", "replace": text.counting = try ConflictWords.insert(&pieces)
                case "update":
                    try AssignmentOrder.check(ofUpdate: pieces)
                    text.isCounting = try CounterWords.update(&pieces)
                default: break
                }
                try ExpressionWords.rewrite(&pieces)
            } catch let reason as Refusal {
                throw Untranslatable(reason: reason.text, sql: sql)
            }
            // Behind the translation, which takes WITHOUT ROWID away.
            if let word = pieces.lazy.compactMap(\.word).first(where: Self.refused.contains) {
                throw Untranslatable(reason: word, sql: sql)
            }
            text.table = Self.changedTable(pieces)
            text.isPlain = ["create", "alter", "drop", "begin", "start", "commit", "rollback", "savepoint", "release", "set"].contains(
                pieces.first?.word ?? "")
            text.text = SQLPiece.write(pieces)
            return text
        }

        /// Why a part of a statement can't be said.
        struct Refusal: Error {
            let text: String
        }

        private static func changedTable(_ pieces: [SQLPiece]) -> String? {
            switch pieces.first?.word {
            case "insert", "replace": pieces.find("into").flatMap { pieces.name(at: $0.upperBound) }
            case "update": pieces.name(at: 1)
            case "delete": pieces.find("from").flatMap { pieces.name(at: $0.upperBound) }
            default: nil
            }
        }
    }

    /// Translations that were made, for all connections.
    final class DialectCache: Sendable {
        /// Texts are constants of the program; the bound is for those that are put together.
        static let most = 4_096

        let dialect: MySQLDialect
        private let texts = Mutex<[String: MySQLText]>([:])

        init(_ dialect: MySQLDialect) {
            self.dialect = dialect
        }

        /// - Throws: `Untranslatable`.
        func translate(_ sql: String) throws -> MySQLText {
            if let known = texts.withLock({ $0[sql] }) { return known }
            let made = try dialect.translate(sql)
            texts.withLock { texts in
                if texts.count >= Self.most { texts = [:] }
                texts[sql] = made
            }
            return made
        }
    }
#endif
