#if MySQL
    import Gauges
    import Storage
    import Synchronization
    import Testing
    import TestSupport
    @testable import MySQLStorage

    @Suite("One order of writes across instances")
    struct OrderTests {
        @Test("two instances that write at once lose nothing and number densely", arguments: [2, 4])
        func dense(_ count: Int) async throws {
            let room = try await TestRoom.open(.mysql)
            var instances: [any HouseDatabase] = [room.database]
            while instances.count < count {
                instances.append(try await MySQLDatabase.open(try #require(room.configuration), logger: .silent))
            }
            let told = Recorder<Int>()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (number, database) in instances.enumerated() {
                    for task in 0..<10 {
                        group.addTask {
                            for turn in 0..<10 {
                                try await database.write({ try Lantern.add("\(number)/\(task)/\(turn)", $0) }, committed: { told.note($0) })
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            let bodies = try await room.database.read(Lantern.bodies)
            #expect(bodies.count == count * 100 && Set(bodies).count == bodies.count)
            #expect(told.entries.sorted() == Array(1...count * 100))
            #expect(room.database.figures.failedCommits.value == 0)
            for database in instances { try await database.close() }
        }

        @Test("what one instance reads before it writes is what the others have committed")
        func noLostUpdate() async throws {
            let room = try await TestRoom.open(.mysql)
            let other = try await MySQLDatabase.open(try #require(room.configuration), logger: .silent)
            try await room.database.write { try $0.execute("INSERT INTO tally (name, total) VALUES ('t', 0)") }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for database in [room.database, other] {
                    for _ in 0..<8 {
                        group.addTask {
                            for _ in 0..<20 {
                                try await database.write { connection in
                                    let total = try connection.row("SELECT total FROM tally WHERE name = 't'")?.get(0, as: Int.self) ?? -1
                                    try connection.execute("UPDATE tally SET total = ? WHERE name = 't'", total + 1)
                                }
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await other.read { try $0.row("SELECT total FROM tally")?.get(0, as: Int.self) } == 320)
            try await other.close()
        }

        @Test("a deadlock with a stranger runs the batch again, and every body's value is of its last run")
        func deadlock() async throws {
            let server = try MariaDBServer.shared()
            let room = try await TestRoom.open(on: server)
            let name = try #require(room.configuration).database
            let runs = Recorder<Int>()
            // The stranger has shop 1 and wants the row of the order; the batch has the order and wants shop 1.
            try await room.database.write { try $0.execute("INSERT INTO shop (id, name) VALUES (2, 'b')") }
            let stranger = Stranger(
                """
                START TRANSACTION; UPDATE shop SET size = 1 WHERE id = 1; SELECT SLEEP(0.4);
                UPDATE shop SET size = 1 WHERE id IN (SELECT 2); UPDATE write_order SET batch = batch WHERE id = 1; COMMIT
                """, in: name, at: server)
            try await stranger.untilAsleep()
            try await room.database.write { connection in
                runs.note(1)
                try connection.execute("UPDATE shop SET size = 7 WHERE id = 1")
            }
            await stranger.ended.wait()
            // Whoever the server chose as the victim: what was answered is stored.
            #expect(
                [1, 7].contains(try await room.database.read { try $0.row("SELECT size FROM shop WHERE id = 1")?.get(0, as: Int.self) }))
            #expect(runs.entries.count >= 1)
            #expect(room.database.figures.failedCommits.value == 0)
        }

        @Test("who holds the row for longer than the lock may take is waited for, and the write is done all the same")
        func lockTimeout() async throws {
            let server = try MariaDBServer.shared()
            let room = try await TestRoom.open(on: server) { $0.lockTimeout = .seconds(1) }
            let name = try #require(room.configuration).database
            let stranger = Stranger(
                "START TRANSACTION; UPDATE write_order SET batch = batch WHERE id = 1; SELECT SLEEP(2.5); COMMIT", in: name, at: server)
            try await stranger.untilAsleep()
            #expect(try await room.database.write { try Lantern.add("kept", $0) } == 1)
            await stranger.ended.wait()
            #expect(room.database.figures.reruns.value >= 1)
        }

        @Test("a body that swallows a lost transaction is run again with the whole batch")
        func swallowed() async throws {
            let server = try MariaDBServer.shared()
            let room = try await TestRoom.open(on: server)
            let runs = Recorder<Int>()
            let seq = try await room.database.write { connection in
                runs.note(1)
                let seq = try Lantern.add("x", connection)
                if runs.entries.count == 1 {
                    let id = try connection.row("SELECT CONNECTION_ID()")?.get(0, as: Int.self) ?? 0
                    try server.execute("KILL \(id)")
                    _ = try? connection.execute("UPDATE shop SET size = 1")
                }
                return seq
            }
            #expect(seq == 1 && runs.entries.count == 2)
            #expect(try await room.database.read(Lantern.bodies) == ["x"])
        }
    }

    /// Somebody else at the server, who sleeps in the middle of what they do. On threads of their own: tests that wait for it must not keep
    /// it from beginning.
    private final class Stranger: Sendable {
        private let server: MariaDBServer
        private let name: String
        private let isOver = Mutex(false)
        let ended = Signal()

        init(_ sql: String, in name: String, at server: MariaDBServer) {
            (self.server, self.name) = (server, name)
            _ = MySQLThread.start(named: "stranger") { [self] in
                _ = try? server.execute(sql, in: name)
                isOver.withLock { $0 = true }
                ended.give()
            }
        }

        /// Returns when they sleep, or have ended already.
        func untilAsleep() async throws {
            let question = "SELECT COUNT(*) FROM information_schema.processlist WHERE state = 'User sleep' AND db = '\(name)'"
            while !isOver.withLock({ $0 }), try await MySQLThread.run({ [server] in try server.execute(question) }) == ["0"] {}
        }
    }
#endif
