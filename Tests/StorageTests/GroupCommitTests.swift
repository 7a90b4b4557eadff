import Storage
import Testing
import TestSupport

/// What is SQLite's alone; the rest is the contract of all engines.
@Suite("Group commit")
struct GroupCommitTests {
    @Test("the writes that queued meanwhile share one commit")
    func shared() async throws {
        let room = try await Lantern.open()
        let log = Recorder<String>()
        _ = try await room.database.batch(of: 40, committed: { _ in log.note("told") }) { _, connection in
            _ = try Lantern.add("x", connection)
            log.note("ran")
        }
        // Were each committed by itself, telling and running would alternate. A machine that is busy parts them by time, into a few commits.
        let commits = zip(log.entries, log.entries.dropFirst()).count { $0 == ("ran", "told") }
        #expect(log.entries.count == 80 && (1...8).contains(commits), "\(commits) commits")
    }

    @Test("when the engine gives the transaction up nobody of the batch is told that it's stored, and the next writes work")
    func lostTransaction() async throws {
        let room = try await Lantern.open()
        let told = Recorder<Int>()
        let outcomes = try await room.database.batch(of: 20, committed: { told.note($0) }) { number, connection in
            _ = try Lantern.add("\(number)", connection)
            if number == 9 { try connection.execute("ROLLBACK") }
        }
        let stored = try await room.database.read(Lantern.bodies)
        // Those behind the failure run in a batch of their own.
        for (number, error) in outcomes.enumerated() { #expect((error == nil) == stored.contains("\(number)")) }
        #expect(told.entries.count == stored.count)
        #expect(outcomes[9] is StorageError)
        #expect(!stored.contains("9"))
        #expect(try await room.database.write { try Lantern.add("after", $0) } == stored.count + 1)
    }

    @Test("a body that swallows the loss of its transaction can't write outside one")
    func swallowedLoss() async throws {
        let room = try await Lantern.open()
        await #expect(throws: StorageError.self) {
            try await room.database.write { connection in
                try connection.execute("ROLLBACK")
                _ = try? connection.execute("INSERT INTO shop (name) VALUES ('stray')")
            }
        }
        #expect(try await room.database.read { try $0.row("SELECT 1 FROM shop WHERE name = 'stray'") } == nil)
    }

    @Test("a full disk fails the write that needs the room and those that share its commit, coded, and the next small ones work")
    func fullDisk() async throws {
        let room = try await Lantern.open()
        let pages = try await room.database.read { try $0.row("PRAGMA page_count")?.get(0, as: Int.self) } ?? 0
        _ = try await room.database.write { try $0.rows("PRAGMA max_page_count = \(pages + 3)") }
        let outcomes = try await room.database.batch(of: 5) { number, connection in
            _ = try Lantern.add(number == 2 ? String(repeating: "x", count: 100_000) : "\(number)", connection)
        }
        #expect((outcomes[2] as? StorageError)?.code == "storage.engine")
        #expect(outcomes.allSatisfy { $0 == nil || ($0 as? StorageError)?.code == "storage.engine" })
        let stored = try await room.database.read(Lantern.bodies)
        for (number, error) in outcomes.enumerated() { #expect((error == nil) == stored.contains("\(number)")) }
        #expect(try await room.database.write { try Lantern.add("after", $0) } == stored.count + 1)
    }
}
