import Storage
import Synchronization
import TestSupport
import Testing
import Vocabulary

@testable import Assembly

@Suite("A house's database is copied into another one", .timeLimit(.minutes(2)))
struct StorageCopyTests {
    typealias Engine = TemporaryDatabase.Engine
    private static let ways: [(Engine, Engine)] = [(.file, .server), (.server, .file), (.file, .file)]
    private let clock = ManualClock()

    private func empty(_ engine: Engine) async throws -> TemporaryDatabase {
        try await TemporaryDatabase.open(schemas: HouseSchema.schemas, on: engine, clock: clock)
    }

    /// Workspaces, members and a limit's key, with text and bytes of every kind.
    private func filled(_ engine: Engine, members: Int = 40) async throws -> TemporaryDatabase {
        let made = try await empty(engine)
        try await made.database.write { connection in
            for number in 0..<3 {
                try connection.execute(
                    "INSERT INTO workspace (id, name, created_at) VALUES (?, ?, ?)", "W\(number)", "客服 \(number) 🙂 '\"\\ \u{0} ", 5)
            }
            for number in 0..<members {
                try connection.execute(
                    """
                    INSERT INTO member (id, workspace_id, email, name, role, language, is_active, password_hash, created_at)
                        VALUES (?, ?, ?, ?, 'agent', 'en', ?, ?, ?)
                    """, "M\(number)", "W\(number % 3)", "m\(number)@lantern.example", "M \(number) ", number % 2, "$argon2id$x",
                    Int64.max - Int64(number))
            }
        }
        return made
    }

    private func copy(
        _ source: any Database, _ target: any Database, _ options: StorageCopy.Options = .init(), batch: Int = 7,
        progress: @escaping @Sendable (String, Int, Int) -> Void = { _, _, _ in }
    ) throws -> StorageCopy {
        var copy = try StorageCopy(
            from: source, to: target, schemas: HouseSchema.schemas, options: options, clock: clock, progress: progress)
        copy.batch.rows = batch
        return copy
    }

    private func members(_ database: any Database) async throws -> [[SQLValue]] {
        try await database.read { try $0.rows("SELECT * FROM member ORDER BY id", []).map(\.values) }
    }

    private func epoch(_ database: any Database) async throws -> String { try await database.read { try Epoch.read($0).text } }

    @Test("whole, value by value, with its epoch, in every direction", arguments: ways)
    func whole(_ way: (Engine, Engine)) async throws {
        let (source, target) = (try await filled(way.0), try await empty(way.1))
        let report = try await copy(source.database, target.database).run()
        #expect(report.tables > 30 && report.rows >= 44)
        #expect(try await members(source.database) == members(target.database))
        let (wanted, found) = (try await epoch(source.database), try await epoch(target.database))
        #expect(wanted == found && report.epoch == wanted)
        try await CopyBooks.check(target.database)
        let again = try copy(source.database, target.database)
        await #expect(throws: CopyError.finished) { try await again.run() }
    }

    @Test("with another epoch where a backup is put back")
    func newEpoch() async throws {
        let (source, target) = (try await filled(.file), try await empty(.file))
        let report = try await copy(source.database, target.database, .init(hasNewEpoch: true)).run()
        let (before, after) = (try await epoch(source.database), try await epoch(target.database))
        #expect(before != after && after == report.epoch && after.utf8.count == 32)
    }

    @Test("and goes on where it was broken off, at whatever batch; until then no server takes the target", arguments: [1, 2, 5, 9, 13, 20])
    func resumed(_ batches: Int) async throws {
        let (source, target) = (try await filled(.file), try await empty(.file))
        let cut = CutDatabase(target.database, after: batches)
        await #expect(throws: CutDatabase.Cut.self) { try await copy(source.database, cut).run() }
        await #expect(throws: CopyError.unfinished) { try await CopyBooks.check(target.database) }
        await #expect(throws: CopyError.begun) { try await copy(source.database, target.database).run() }
        let other = try await filled(.file)
        await #expect(throws: CopyError.anotherSource) {
            try await copy(other.database, target.database, .init(isResumed: true)).run()
        }
        _ = try await copy(source.database, target.database, .init(isResumed: true)).run()
        #expect(try await members(source.database) == members(target.database))
    }

    @Test("but not when the source has changed since")
    func changed() async throws {
        let (source, target) = (try await filled(.file), try await empty(.file))
        let cut = CutDatabase(target.database, after: 30)
        await #expect(throws: CutDatabase.Cut.self) { try await copy(source.database, cut, batch: 3).run() }
        try await source.database.write { try $0.execute("UPDATE workspace SET name = 'Harbour' WHERE id = 'W1'") }
        await #expect(throws: CopyError.sourceChanged(table: "workspace")) {
            try await copy(source.database, target.database, .init(isResumed: true)).run()
        }
    }

    @Test("never into a target that has rows of its own, and nothing is resumed that wasn't begun")
    func refused() async throws {
        let (source, target) = (try await filled(.file), try await filled(.file))
        await #expect(throws: CopyError.targetTaken(table: "workspace", rows: 3)) {
            try await copy(source.database, target.database).run()
        }
        let fresh = try await empty(.file)
        await #expect(throws: CopyError.nothingBegun) { try await copy(source.database, fresh.database, .init(isResumed: true)).run() }
    }

    @Test("what arrives as something else is found")
    func compared() async throws {
        let (source, target) = (try await filled(.file), try await empty(.file))
        let told = Recorder<String>()
        let copy = try copy(
            source.database, ForgetfulDatabase(target.database), progress: { table, _, _ in told.note(table) })
        await #expect(throws: CopyError.self) { try await copy.run() }
        #expect(told.entries.contains("member"))
    }

    @Test("each table stands behind those that it refers to, and a circle is an error of the program")
    func order() throws {
        let plan = try CopyPlan.make(HouseSchema.schemas)
        let names = plan.tables.map(\.name)
        #expect(names.firstIndex(of: "workspace")! < names.firstIndex(of: "member")!)
        #expect(Set(names).isDisjoint(with: CopyPlan.left) && names.contains("event") && names.contains("gateway_request"))
        // Neither full-text tables nor where they keep what they know; of the search's plain tables the names are in `left`.
        #expect(names.allSatisfy { !$0.hasPrefix("search_") })
        #expect(throws: CopyError.circle(tables: ["a", "b"])) { try CopyPlan.sorted(["a", "b"], ["a": ["b"], "b": ["a"]]) }
    }

    @Test("sums don't depend on the rows' order and see every value")
    func sums() throws {
        let rows = [Row(values: [.integer(1), .text("a")]), Row(values: [.integer(2), .null]), Row(values: [.blob([1]), .text("")])]
        func sum(_ rows: [Row]) -> RowSum { rows.reduce(into: RowSum()) { $0.add($1) } }
        #expect(sum(rows) == sum(rows.reversed()) && sum(rows) != sum(Array(rows.dropLast())))
        #expect(sum([Row(values: [.text("1")])]) != sum([Row(values: [.integer(1)])]))
        #expect(sum([Row(values: [.null])]) != sum([Row(values: [.text("")])]))
        #expect(sum([Row(values: [.text("ab"), .text("c")])]) != sum([Row(values: [.text("a"), .text("bc")])]))
        #expect(RowSum("\(sum(rows))") == sum(rows) && RowSum("x") == nil && RowSum("1:1.2.3") == nil)
        let key: [SQLValue] = [.text("a,b🙂"), .integer(-5), .blob([0, 255]), .real(0.1), .null]
        #expect(CopyPlace.read(CopyPlace.write(key)) == key && CopyPlace.read("x1") == nil && CopyPlace.read("t!") == nil)
    }
}

/// Ends as a process does: in the middle, between two writes.
private final class CutDatabase: Database {
    struct Cut: Error {}
    private let inner: any Database
    private let left: Atomic<Int>

    init(_ inner: any Database, after writes: Int) {
        self.inner = inner
        left = Atomic(writes)
    }

    func read<Value: Sendable>(_ body: @escaping @Sendable (any SQLConnection) throws -> Value) async throws -> Value {
        try await inner.read(body)
    }

    func write<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value, committed: (@Sendable (Value) -> Void)?
    ) async throws -> Value {
        guard left.subtract(1, ordering: .relaxed).newValue >= 0 else { throw Cut() }
        return try await inner.write(body, committed: committed)
    }
}

/// Changes what it was given.
private struct ForgetfulDatabase: Database {
    let inner: any Database

    init(_ inner: any Database) {
        self.inner = inner
    }

    func read<Value: Sendable>(_ body: @escaping @Sendable (any SQLConnection) throws -> Value) async throws -> Value {
        _ = try await inner.write { try $0.execute("UPDATE member SET name = 'Bo' WHERE id = 'M1'") }
        return try await inner.read(body)
    }

    func write<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value, committed: (@Sendable (Value) -> Void)?
    ) async throws -> Value {
        try await inner.write(body, committed: committed)
    }
}
