import Storage
import Vocabulary

/// What a copy has done, kept in its target and in the same transactions as the rows: whatever ends it, they agree.
enum CopyBooks {
    static let schema = Schema(
        room: "moving",
        migrations: [
            Migration(
                1, "how far a copy into this database has come",
                [
                    """
                    CREATE TABLE storage_copy (
                        name VARCHAR(64) NOT NULL PRIMARY KEY,
                        state VARCHAR(8) NOT NULL,
                        place VARCHAR(4000) NOT NULL,
                        content VARCHAR(100) NOT NULL,
                        at BIGINT NOT NULL
                    )
                    """
                ])
        ])

    enum State: String {
        case copying, done
    }

    /// One table's, or under the name "" the whole copy's, whose `place` is the source's epoch.
    struct Entry: Sendable {
        var state: State
        var place: String
        var content: String
    }

    static let whole = ""

    static func read(_ connection: any SQLConnection) throws -> [String: Entry] {
        let rows = try connection.rows("SELECT name, state, place, content FROM storage_copy", [])
        return try rows.reduce(into: [:]) { books, row in
            let state = State(rawValue: try row.get(1, as: String.self)) ?? .copying
            books[try row.get(0, as: String.self)] = Entry(state: state, place: try row.get(2), content: try row.get(3))
        }
    }

    static func note(_ name: String, _ entry: Entry, at now: Timestamp, _ connection: any SQLConnection) throws {
        try connection.execute("DELETE FROM storage_copy WHERE name = ?", name)
        try connection.execute(
            "INSERT INTO storage_copy (name, state, place, content, at) VALUES (?, ?, ?, ?, ?)", name, entry.state.rawValue, entry.place,
            entry.content, now)
    }

    /// Refuses a database whose copy is not finished.
    /// - Throws: `CopyError.unfinished`.
    static func check(_ database: any Database) async throws {
        let entry = try await database.read { try read($0)[whole] }
        guard entry?.state != .copying else { throw CopyError.unfinished }
    }
}

/// The key of the last row that was copied, as text.
enum CopyPlace {
    static func write(_ key: [SQLValue]) -> String {
        key.map { value in
            switch value {
            case .null: "n"
            case .integer(let number): "i\(number)"
            case .real(let number): "r\(number.bitPattern)"
            case .text(let text): "t\(Base64URL.encode(Array(text.utf8)))"
            case .blob(let bytes): "b\(Base64URL.encode(bytes))"
            }
        }.joined(separator: ",")
    }

    /// Nil for what `write` did not write; an empty place is before the first row.
    static func read(_ text: String) -> [SQLValue]? {
        var key: [SQLValue] = []
        for part in text.split(separator: ",") {
            let rest = String(part.dropFirst())
            switch part.first {
            case "n": key.append(.null)
            case "i": if let number = Int64(rest) { key.append(.integer(number)) } else { return nil }
            case "r": if let bits = UInt64(rest) { key.append(.real(Double(bitPattern: bits))) } else { return nil }
            case "t":
                if let bytes = Base64URL.decode(rest) { key.append(.text(String(decoding: bytes, as: UTF8.self))) } else { return nil }
            case "b": if let bytes = Base64URL.decode(rest) { key.append(.blob(bytes)) } else { return nil }
            default: return nil
            }
        }
        return key
    }
}
