import Storage
import Testing
import TestSupport

@Suite("Group commit")
struct GroupCommitTests {
    private struct Refusal: Error, Equatable {
        let number: Int
    }

    @Test("an error in the middle of a batch undoes only its own write")
    func errorInTheMiddle() async throws {
        let room = try await Lantern.open()
        let outcomes = try await batch(in: room, of: 60) { number, connection in
            _ = try Lantern.add("\(number)", connection)
            if number % 10 == 3 { throw Refusal(number: number) }
            if number % 10 == 7 { try connection.execute("INSERT INTO shop (name) VALUES ('Lantern')") }
        }
        for (number, error) in outcomes.enumerated() {
            switch number % 10 {
            case 3: #expect(error as? Refusal == Refusal(number: number))
            case 7: #expect(error as? StorageError == .duplicate(constraint: "shop.name"))
            default: #expect(error == nil)
            }
        }
        let bodies = try await room.database.read(Lantern.bodies)
        #expect(Set(bodies) == Set((0..<60).filter { $0 % 10 != 3 && $0 % 10 != 7 }.map(String.init)))
    }

    @Test("the writes that queued meanwhile share one commit")
    func shared() async throws {
        let room = try await Lantern.open()
        let log = Recorder<String>()
        _ = try await batch(in: room, of: 40, committed: { _ in log.note("told") }) { _, connection in
            _ = try Lantern.add("x", connection)
            log.note("ran")
        }
        // Were each committed by itself, telling and running would alternate. A machine that is busy parts them by time, into a few commits.
        let commits = zip(log.entries, log.entries.dropFirst()).count { $0 == ("ran", "told") }
        #expect(log.entries.count == 80 && (1...8).contains(commits), "\(commits) commits")
    }

    @Test("callbacks come in commit order, each before its caller goes on, from 100 tasks at once")
    func callbackOrder() async throws {
        let room = try await Lantern.open()
        let told = Recorder<Int>()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<100 {
                group.addTask {
                    for turn in 0..<10 {
                        let seq = try await room.database.write({ try Lantern.add("\(task)/\(turn)", $0) }, committed: { told.note($0) })
                        #expect(told.entries.contains(seq))
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(told.entries == Array(1...1_000))
    }

    @Test("what is told is already visible to readers")
    func visible() async throws {
        let room = try await Lantern.open()
        for number in 1...50 {
            let seq = try await room.database.write { try Lantern.add("\(number)", $0) }
            #expect(try await room.database.read(Lantern.bodies).count == seq)
        }
    }

    @Test("a write whose task was cancelled is done and answered all the same")
    func cancelled() async throws {
        let room = try await Lantern.open()
        let barrier = Barrier()
        async let holder: Void = room.database.write { _ in barrier.hold() }
        await barrier.arrival()
        let started = Signal()
        let writer = Task {
            started.give()
            return try await room.database.write { try Lantern.add("kept", $0) }
        }
        await started.wait()
        writer.cancel()
        barrier.open()
        try await holder
        #expect(try await writer.value == 1)
        #expect(try await room.database.read(Lantern.bodies) == ["kept"])
    }

    @Test("when the engine gives the transaction up nobody of the batch is told that it's stored, and the next writes work")
    func lostTransaction() async throws {
        let room = try await Lantern.open()
        let told = Recorder<Int>()
        let outcomes = try await batch(in: room, of: 20, committed: { told.note($0) }) { number, connection in
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
        let outcomes = try await batch(in: room, of: 5) { number, connection in
            _ = try Lantern.add(number == 2 ? String(repeating: "x", count: 100_000) : "\(number)", connection)
        }
        #expect((outcomes[2] as? StorageError)?.code == "storage.engine")
        #expect(outcomes.allSatisfy { $0 == nil || ($0 as? StorageError)?.code == "storage.engine" })
        let stored = try await room.database.read(Lantern.bodies)
        for (number, error) in outcomes.enumerated() { #expect((error == nil) == stored.contains("\(number)")) }
        #expect(try await room.database.write { try Lantern.add("after", $0) } == stored.count + 1)
    }

    /// Runs `count` writes that all wait while the writer is held.
    /// - Returns: of each the error, by number.
    private func batch(
        in room: TemporaryDatabase, of count: Int, committed: (@Sendable (Int) -> Void)? = nil,
        body: @escaping @Sendable (Int, any SQLConnection) throws -> Void
    ) async throws -> [(any Error)?] {
        let barrier = Barrier()
        async let holder: Void = room.database.write { _ in barrier.hold() }
        await barrier.arrival()
        let outcomes = await withTaskGroup(of: (Int, (any Error)?).self) { group in
            let queued = (0..<count).map { _ in Signal() }
            for number in 0..<count {
                group.addTask {
                    queued[number].give()
                    do {
                        _ = try await room.database.write(
                            {
                                try body(number, $0); return number
                            }, committed: committed)
                        return (number, nil)
                    } catch {
                        return (number, error)
                    }
                }
            }
            for signal in queued { await signal.wait() }
            await room.untilQueued(count)
            barrier.open()
            return await group.reduce(into: [Int: (any Error)?]()) { $0[$1.0] = $1.1 }
        }
        try await holder
        return (0..<count).map { outcomes[$0] ?? nil }
    }
}

extension TemporaryDatabase {
    /// Returns when so many writes wait behind the one that is running.
    func untilQueued(_ count: Int) async {
        while database.waitingWrites < count { await Task.yield() }
    }
}
