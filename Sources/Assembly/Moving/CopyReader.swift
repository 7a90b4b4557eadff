import Storage

/// Goes through the source's tables, page by page. Blocks.
struct CopyReader: Sendable {
    let plan: CopyPlan
    /// What an earlier run has stored.
    let books: [String: CopyBooks.Entry]
    let batch: (rows: Int, bytes: Int)

    /// - Returns: what each table adds up to.
    /// - Throws: `CopyError.sourceChanged`, `StorageError`, `CancellationError` when the pipe is broken off.
    func run(on connection: any SQLConnection, into pipe: CopyPipe) throws -> [String: RowSum] {
        try plan.tables.reduce(into: [:]) { $0[$1.name] = try send($1, on: connection, into: pipe) }
    }

    private func send(_ table: CopyTable, on connection: any SQLConnection, into pipe: CopyPipe) throws -> RowSum {
        let entry = books[table.name]
        var sum = RowSum()
        var key: [SQLValue]?
        if let entry {
            // What an earlier run has read must be there still: it was another snapshot.
            key = CopyPlace.read(entry.place)
            let isWhole = entry.state == .done
            sum = try Self.sum(of: table, upTo: isWhole ? nil : key, batch: batch.rows, on: connection)
            guard "\(sum)" == entry.content else { throw CopyError.sourceChanged(table: table.name) }
            guard !isWhole else { return sum }
        }
        try Self.pages(of: table, behind: key, batch: batch.rows, on: connection) { rows in
            var rest = rows[...]
            while !rest.isEmpty {
                let part = Array(rest.prefix(size(of: rest)))
                for row in part { sum.add(row) }
                try pipe.send(.init(table: table, piece: .rows(part, sum: sum)))
                rest = rest.dropFirst(part.count)
            }
        }
        try pipe.send(.init(table: table, piece: .end(sum: sum)))
        return sum
    }

    /// Rows that go together by their bytes.
    private func size(of rows: ArraySlice<Row>) -> Int {
        var (bytes, count) = (0, 0)
        for row in rows {
            bytes += row.values.reduce(0) { $0 + $1.weight }
            if count > 0, bytes > batch.bytes { break }
            count += 1
        }
        return count
    }

    /// What a table adds up to, or its rows up to a key, that one included.
    static func sum(of table: CopyTable, upTo end: [SQLValue]? = nil, batch: Int, on connection: any SQLConnection) throws -> RowSum {
        var sum = RowSum()
        var isOver = false
        try pages(of: table, behind: nil, batch: batch, on: connection) { rows in
            for row in rows where !isOver {
                sum.add(row)
                isOver = end != nil && table.key(of: row) == end
            }
            if isOver { throw Enough() }
        }
        return sum
    }

    private struct Enough: Error {}

    private static func pages(
        of table: CopyTable, behind start: [SQLValue]?, batch: Int, on connection: any SQLConnection, _ body: ([Row]) throws -> Void
    ) throws {
        var key = start
        do {
            while true {
                let rows = try connection.rows(
                    table.page(isBehind: key != nil, limit: batch), key.map(table.arguments(behind:)) ?? [])
                guard let last = rows.last else { return }
                try body(rows)
                guard rows.count == batch else { return }
                key = table.key(of: last)
            }
        } catch is Enough {
            return
        }
    }
}

extension SQLValue {
    /// Bytes, about.
    fileprivate var weight: Int {
        switch self {
        case .null, .integer, .real: 8
        case .text(let text): text.utf8.count
        case .blob(let bytes): bytes.count
        }
    }
}
