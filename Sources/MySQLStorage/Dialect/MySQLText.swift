#if MySQL
    /// A statement in the server's words.
    struct MySQLText: Hashable, Sendable {
        /// What the number of changed rows means.
        enum Counting: Hashable, Sendable {
            case rows
            /// An INSERT that updates where the key is taken: the server counts an update twice, SQLite once.
            case upserted(rows: Int)
            /// An INSERT that leaves out rows whose key is taken: anything else that it left out is an error all the same.
            case ignoring
        }

        var text: String
        var counting = Counting.rows
        /// An UPDATE … RETURNING of one counter, whose new value is told as the connection's last number.
        var isCounting = false
        /// The table that it changes, for naming what was refused.
        var table: String?
        /// Not to be prepared: it is about the schema or the transaction.
        var isPlain = false
        /// DROP INDEX, whose table the server wants to be told.
        var droppedIndex: String?
    }

    /// Why a statement has no words on this server: a fault of the program's, for its tests to find.
    struct Untranslatable: Error, Equatable, CustomStringConvertible {
        let reason: String
        let sql: String

        var description: String { "no MySQL for this statement (\(reason)): \(sql)" }
    }
#endif
