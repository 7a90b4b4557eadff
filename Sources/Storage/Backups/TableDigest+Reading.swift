import Crypto
import GRDBSQLite

extension SQLiteFile {
    /// Counts and hashes every table.
    /// - Parameter pause: called every few thousand rows; what it throws ends the reading.
    func digests(pause: () throws -> Void) throws -> [String: TableDigest] {
        var digests: [String: TableDigest] = [:]
        for name in try tables() {
            digests[name] = try digest(of: name, pause: pause)
        }
        return digests
    }

    /// All tables that hold rows of their own, by name. What a virtual table keeps is in tables of its own.
    func tables() throws -> [String] {
        try rows("SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0 AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'", [])
            .map { try $0.get(0) }
    }

    /// Of `tables()`, those whose rows somebody stored: not where virtual tables keep what they know.
    func ownTables() throws -> [String] {
        let shadows = try rows("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'shadow'", [])
        let names = Set(try shadows.map { try $0.get(0, as: String.self) })
        return try tables().filter { !names.contains($0) }
    }

    static func quoted(_ name: String) -> String {
        "\"" + name.replacing("\"", with: "\"\"") + "\""
    }

    private func digest(of table: String, pause: () throws -> Void) throws -> TableDigest {
        var hash = SHA256()
        var bytes: [UInt8] = []
        bytes.reserveCapacity(72 << 10)
        var count = 0
        // An index could give the same rows in another order.
        try forEachRow("SELECT * FROM \(Self.quoted(table)) NOT INDEXED") { statement in
            count += 1
            Self.append(statement, to: &bytes)
            if bytes.count >= 64 << 10 {
                hash.update(data: bytes)
                bytes.removeAll(keepingCapacity: true)
            }
            if count % 4_096 == 0 { try pause() }
            return true
        }
        hash.update(data: bytes)
        return TableDigest(rows: count, sha256: Hexadecimal.write(hash.finalize()))
    }

    /// Kind, length and bytes of each value, so that no two rows read alike.
    private static func append(_ statement: OpaquePointer, to bytes: inout [UInt8]) {
        for column in 0..<sqlite3_column_count(statement) {
            let kind = sqlite3_column_type(statement, column)
            bytes.append(UInt8(truncatingIfNeeded: kind))
            switch kind {
            case SQLITE_INTEGER: append(UInt64(bitPattern: sqlite3_column_int64(statement, column)), to: &bytes)
            case SQLITE_FLOAT: append(sqlite3_column_double(statement, column).bitPattern, to: &bytes)
            case SQLITE_TEXT, SQLITE_BLOB:
                let start = sqlite3_column_blob(statement, column)
                let count = Int(sqlite3_column_bytes(statement, column))
                append(UInt64(count), to: &bytes)
                bytes.append(contentsOf: UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count))
            default: break
            }
        }
    }

    private static func append(_ number: UInt64, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }
}
