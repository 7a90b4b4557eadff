import GRDBSQLite

extension SQLiteConnection {
    @discardableResult
    func execute(_ sql: String, each rows: SQLRows) throws -> Int {
        try check(rows)
        return try run(sql, rows, 0..<rows.count, together: 1)
    }

    @discardableResult
    func insert(_ rows: SQLRows, with insertion: SQLInsertion) throws -> Int {
        try check(rows)
        var (done, changed) = (0, 0)
        for (count, text) in insertion.statements {
            let next = done + (rows.count - done) / count * count
            changed += try run(text, rows, done..<next, together: count)
            done = next
        }
        return changed
    }

    private func check(_ rows: SQLRows) throws {
        guard rows.cells.count == rows.count * rows.width else {
            throw StorageError.engine(code: SQLITE_RANGE, message: "the last of \(rows.count) rows lacks values")
        }
    }

    /// Runs `sql` for the rows of `range`, so many `together`, and returns how many rows it changed.
    private func run(_ sql: String, _ rows: SQLRows, _ range: Range<Int>, together: Int) throws -> Int {
        guard !range.isEmpty else { return 0 }
        let places = rows.width * together
        let statement = try prepared(sql, places: places)
        let before = sqlite3_total_changes(handle)
        try rows.bytes.withUnsafeBytes { texts in
            // The texts are bound where they lie: no place may keep one when this is over.
            defer { release(statement) }
            let first = range.lowerBound * rows.width
            for start in stride(from: first, to: range.upperBound * rows.width, by: places) {
                try bind(rows.cells[start..<start + places], after: start == first ? nil : start - places, of: rows, texts, to: statement)
                while try step(statement) {}
                sqlite3_reset(statement)
            }
        }
        return Int(sqlite3_total_changes(handle) - before)
    }

    /// Gives values to the statement; what is the same as in the run before, whose values begin at `last`, is there still.
    private func bind(
        _ cells: ArraySlice<SQLRows.Cell>, after last: Int?, of rows: SQLRows, _ texts: UnsafeRawBufferPointer, to statement: OpaquePointer
    ) throws {
        var index: CInt = 0
        for place in cells.indices {
            index += 1
            let before = last.map { rows.cells[$0 + place - cells.startIndex] } ?? .null
            guard cells[place] != before else { continue }
            guard SQLiteColumns.bind(cells[place], of: texts, to: statement, at: index) == SQLITE_OK else {
                throw StorageError(handle: handle)
            }
        }
    }
}

extension SQLiteColumns {
    /// Binds a text as it lies in `texts`, which has to stay where it is until the statement has another value there.
    fileprivate static func bind(
        _ cell: SQLRows.Cell, of texts: UnsafeRawBufferPointer, to statement: OpaquePointer, at index: CInt
    ) -> CInt {
        switch cell {
        case .null: return sqlite3_bind_null(statement, index)
        case .integer(let number): return sqlite3_bind_int64(statement, index, number)
        case .text(let start, let count):
            // A null pointer would bind NULL.
            guard count > 0, let base = texts.baseAddress, start >= 0, start + count <= texts.count else {
                return sqlite3_bind_text(statement, index, "", 0, copied)
            }
            let text = (base + start).assumingMemoryBound(to: CChar.self)
            return sqlite3_bind_text64(statement, index, text, UInt64(count), nil, UInt8(SQLITE_UTF8))
        }
    }
}
