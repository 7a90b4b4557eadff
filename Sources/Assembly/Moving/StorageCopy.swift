package import Storage
package import Vocabulary

/// Copies everything that belongs to the house from one database into another, of whatever engines, and proves that it is there.
///
/// The source is read in one snapshot, in the order of the tables' keys; rows, how far it has come and what the rows add up to are stored in
/// the target together, so that a copy that was killed goes on behind its last batch.
package struct StorageCopy: Sendable {
    /// What a copy did.
    package struct Report: Sendable, Codable, Hashable {
        package var tables: Int
        package var rows: Int
        /// Of the target: the source's own unless a new one was asked for, so that what clients hold stays good.
        package var epoch: String
        package var milliseconds: Int64
    }

    /// What may be chosen.
    package struct Options: Sendable {
        /// Goes on with a copy that was broken off.
        package var isResumed = false
        /// What clients hold of the source is not good in the target: of a restored backup, whose numbers are given again.
        package var hasNewEpoch = false

        package init(isResumed: Bool = false, hasNewEpoch: Bool = false) {
            self.isResumed = isResumed
            self.hasNewEpoch = hasNewEpoch
        }
    }

    let source: any Database
    let target: any Database
    let plan: CopyPlan
    let options: Options
    let clock: any WallClock
    /// Told now and then: table, its rows so far, rows in all.
    let progress: @Sendable (String, Int, Int) -> Void
    /// Rows and bytes of text in a batch.
    var batch = (rows: 500, bytes: 1 << 20)

    /// - Parameter schemas: of this program; both databases have them all.
    /// - Throws: `MigratorError`, `CopyError.circle`.
    package init(
        from source: any Database, to target: any Database, schemas: [Schema], options: Options = Options(), clock: any WallClock,
        progress: @escaping @Sendable (_ table: String, _ rows: Int, _ all: Int) -> Void = { _, _, _ in }
    ) throws {
        self.source = source
        self.target = target
        plan = try CopyPlan.make(schemas)
        self.options = options
        self.clock = clock
        self.progress = progress
    }

    /// - Throws: `CopyError`, `StorageError`; another run with `isResumed` goes on from there.
    package func run() async throws -> Report {
        let watch = ContinuousClock()
        let began = watch.now
        let books = try await begin()
        let sums = try await move(books)
        try await compare(sums)
        let epoch = try await finish()
        return Report(
            tables: plan.tables.count, rows: sums.values.reduce(0) { $0 + $1.rows }, epoch: epoch,
            milliseconds: (watch.now - began).wholeMilliseconds)
    }

    /// Looks whether this source may go into this target, and notes that it has begun.
    private func begin() async throws -> [String: CopyBooks.Entry] {
        let epoch = try await source.read { try Epoch.read($0).text }
        let (plan, isResumed, clock) = (plan, options.isResumed, clock)
        return try await target.write { connection in
            let books = try CopyBooks.read(connection)
            if let whole = books[CopyBooks.whole] {
                guard whole.state == .copying else { throw CopyError.finished }
                guard isResumed else { throw CopyError.begun }
                guard whole.place == epoch else { throw CopyError.anotherSource }
                return books
            }
            guard !isResumed else { throw CopyError.nothingBegun }
            for table in plan.tables {
                let rows = try connection.row(table.count, [])?.get(0, as: Int.self) ?? 0
                guard rows == plan.seeds[table.name] else { throw CopyError.targetTaken(table: table.name, rows: rows) }
            }
            let entry = CopyBooks.Entry(state: .copying, place: epoch, content: "")
            try CopyBooks.note(CopyBooks.whole, entry, at: clock.now(), connection)
            // What the migrations put there comes from the source, too; the last tables first, as others refer to the first.
            for table in plan.tables.reversed() where plan.seeds[table.name] != 0 { try connection.execute(table.deletion, []) }
            return [:]
        }
    }

    /// Reads on one thread, stores from this task. Returns what each table of the source adds up to.
    private func move(_ books: [String: CopyBooks.Entry]) async throws -> [String: RowSum] {
        let pipe = CopyPipe()
        let reader = CopyReader(plan: plan, books: books, batch: batch)
        async let sums = {
            defer { pipe.end() }
            return try await source.read { try reader.run(on: $0, into: pipe) }
        }()
        do {
            var all = books.values.compactMap { RowSum($0.content)?.rows }.reduce(0, +)
            for await parcel in pipe.parcels {
                all += try await store(parcel, all: all)
                pipe.taken()
            }
        } catch {
            pipe.breakOff()
            _ = try? await sums
            throw error
        }
        return try await sums
    }

    private func store(_ parcel: CopyPipe.Parcel, all: Int) async throws -> Int {
        let (table, now) = (parcel.table, clock.now())
        switch parcel.piece {
        case .rows(let rows, let sum):
            let place = CopyPlace.write(rows.last.map(table.key) ?? [])
            try await target.write { connection in
                try Self.insert(rows, into: table, connection)
                let entry = CopyBooks.Entry(state: .copying, place: place, content: "\(sum)")
                try CopyBooks.note(table.name, entry, at: now, connection)
            }
            progress(table.name, sum.rows, all + rows.count)
            return rows.count
        case .end(let sum):
            let entry = CopyBooks.Entry(state: .done, place: "", content: "\(sum)")
            try await target.write { try CopyBooks.note(table.name, entry, at: now, $0) }
            progress(table.name, sum.rows, all)
            return 0
        }
    }

    private static func insert(_ rows: [Row], into table: CopyTable, _ connection: any SQLConnection) throws {
        var rest = rows[...]
        while !rest.isEmpty {
            // Two texts a table, so that each is prepared once.
            let count = rest.count >= table.together ? table.together : 1
            try connection.execute(table.insertion(of: count), rest.prefix(count).flatMap(\.values))
            rest = rest.dropFirst(count)
        }
    }

    /// Reads the whole target again.
    private func compare(_ sums: [String: RowSum]) async throws {
        let (plan, batch) = (plan, batch)
        let found = try await target.read { connection in
            try plan.tables.reduce(into: [String: (sum: RowSum, count: Int)]()) { found, table in
                let count = try connection.row(table.count, [])?.get(0, as: Int.self) ?? 0
                found[table.name] = (try CopyReader.sum(of: table, batch: batch.rows, on: connection), count)
            }
        }
        for table in plan.tables {
            let (wanted, got) = (sums[table.name] ?? RowSum(), found[table.name])
            guard wanted == got?.sum, wanted.rows == got?.count else {
                throw CopyError.notIdentical(table: table.name, wanted: wanted.rows, found: got?.count ?? 0)
            }
        }
    }

    private func finish() async throws -> String {
        let (hasNewEpoch, now) = (options.hasNewEpoch, clock.now())
        return try await target.write { connection in
            if hasNewEpoch { try Epoch.renew(connection) }
            try connection.execute("DELETE FROM storage_copy")
            let epoch = try Epoch.read(connection).text
            let entry = CopyBooks.Entry(state: .done, place: epoch, content: "")
            try CopyBooks.note(CopyBooks.whole, entry, at: now, connection)
            return epoch
        }
    }
}
