import GRDBSQLite

/// Values into and out of a SQLite statement.
enum SQLiteColumns {
    /// Tells SQLite to copy what is bound: `SQLITE_TRANSIENT`, a macro that Swift doesn't import.
    static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    /// - Parameter index: of a place that has no value yet, so that NULL is there already.
    static func bind(_ value: SQLValue, to statement: OpaquePointer, at index: CInt) -> CInt {
        switch value {
        case .null: SQLITE_OK
        case .integer(let number): sqlite3_bind_int64(statement, index, number)
        case .real(let number): sqlite3_bind_double(statement, index, number)
        case .text(let text): bind(text, to: statement, at: index)
        case .blob(let bytes): bind(bytes, to: statement, at: index)
        }
    }

    static func row(of statement: OpaquePointer) -> Row {
        let count = sqlite3_column_count(statement)
        return Row(
            values: [SQLValue](unsafeUninitializedCapacity: Int(count)) { buffer, initialized in
                for index in 0..<count {
                    buffer.initializeElement(at: Int(index), to: value(of: statement, at: index))
                }
                initialized = Int(count)
            })
    }

    private static func bind(_ text: String, to statement: OpaquePointer, at index: CInt) -> CInt {
        var text = text
        return text.withUTF8 { bytes in
            // A null pointer would bind NULL.
            guard let start = bytes.baseAddress else { return sqlite3_bind_text(statement, index, "", 0, copied) }
            return start.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
                sqlite3_bind_text64(statement, index, $0, UInt64(bytes.count), copied, UInt8(SQLITE_UTF8))
            }
        }
    }

    private static func bind(_ blob: [UInt8], to statement: OpaquePointer, at index: CInt) -> CInt {
        blob.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress, !bytes.isEmpty else { return sqlite3_bind_zeroblob(statement, index, 0) }
            return sqlite3_bind_blob64(statement, index, start, UInt64(bytes.count), copied)
        }
    }

    private static func value(of statement: OpaquePointer, at index: CInt) -> SQLValue {
        switch sqlite3_column_type(statement, index) {
        case SQLITE_INTEGER: .integer(sqlite3_column_int64(statement, index))
        case SQLITE_FLOAT: .real(sqlite3_column_double(statement, index))
        case SQLITE_TEXT: .text(text(of: statement, at: index))
        case SQLITE_BLOB: .blob(blob(of: statement, at: index))
        default: .null
        }
    }

    private static func text(of statement: OpaquePointer, at index: CInt) -> String {
        // The pointer first: asking for it is what fixes the length.
        guard let start = sqlite3_column_text(statement, index) else { return "" }
        return String(decoding: UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, index))), as: UTF8.self)
    }

    private static func blob(of statement: OpaquePointer, at index: CInt) -> [UInt8] {
        guard let start = sqlite3_column_blob(statement, index) else { return [] }
        return Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, index))))
    }
}
