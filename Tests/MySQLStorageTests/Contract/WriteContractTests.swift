#if MySQL
    import Gauges
    import Storage
    import Testing
    import TestSupport

    @Suite("Writes, on every engine")
    struct WriteContractTests {
        private struct Refusal: Error, Equatable {
            let number: Int
        }

        @Test("an error in the middle of a batch undoes only its own write", arguments: Engine.allCases)
        func errorInTheMiddle(_ engine: Engine) async throws {
            let room = try await TestRoom.open(engine)
            let outcomes = try await room.database.batch(of: 60) { number, connection in
                _ = try Lantern.add("\(number)", connection)
                if number % 10 == 3 { throw Refusal(number: number) }
                if number % 10 == 7 { try connection.execute("INSERT INTO shop (id, name) VALUES (9, 'Lantern')") }
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

        @Test("an error in a write that is alone undoes it", arguments: Engine.allCases)
        func alone(_ engine: Engine) async throws {
            let room = try await TestRoom.open(engine)
            await #expect(throws: Refusal.self) {
                try await room.database.write { connection in
                    _ = try Lantern.add("gone", connection)
                    throw Refusal(number: 1)
                }
            }
            #expect(try await room.database.write { try Lantern.add("stays", $0) } == 1)
            #expect(try await room.database.read(Lantern.bodies) == ["stays"])
        }

        @Test("the writes that queued meanwhile share one commit", arguments: Engine.allCases)
        func shared(_ engine: Engine) async throws {
            let room = try await TestRoom.open(engine)
            let before = room.database.figures.commits.value
            _ = try await room.database.batch(of: 40) { _, connection in _ = try Lantern.add("x", connection) }
            // One for the write that held the writer, few for the others: each batch is as long as a batch may take.
            #expect(room.database.figures.commits.value - before < 20)
        }

        @Test("callbacks come in commit order, each before its caller goes on, from 100 tasks at once", arguments: Engine.allCases)
        func callbackOrder(_ engine: Engine) async throws {
            let room = try await TestRoom.open(engine)
            let told = Recorder<Int>()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for task in 0..<100 {
                    group.addTask {
                        for turn in 0..<5 {
                            let seq = try await room.database.write(
                                { try Lantern.add("\(task)/\(turn)", $0) }, committed: { told.note($0) })
                            #expect(told.entries.contains(seq))
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(told.entries == Array(1...500))
        }

        @Test("what is told is already visible to readers", arguments: Engine.allCases)
        func visible(_ engine: Engine) async throws {
            let room = try await TestRoom.open(engine)
            for number in 1...50 {
                let seq = try await room.database.write { try Lantern.add("\(number)", $0) }
                #expect(try await room.database.read(Lantern.bodies).count == seq)
            }
        }

        @Test("a write whose task was cancelled is done and answered all the same", arguments: Engine.allCases)
        func cancelled(_ engine: Engine) async throws {
            let room = try await TestRoom.open(engine)
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

        @Test("closing finishes what was accepted and refuses what comes later", arguments: Engine.allCases)
        func close(_ engine: Engine) async throws {
            let room = try await TestRoom.open(engine)
            let barrier = Barrier()
            async let holder: Void = room.database.write { _ in barrier.hold() }
            await barrier.arrival()
            async let last = room.database.write { try Lantern.add("last", $0) }
            await room.database.untilQueued(1)
            async let closed: Void = room.database.close()
            await #expect(throws: StorageError.closed) {
                while true { _ = try await room.database.read { try $0.row("SELECT 1") } }
            }
            await #expect(throws: StorageError.closed) { try await room.database.write { _ in } }
            barrier.open()
            try await holder
            #expect(try await last == 1)
            try await closed
            try await room.database.close()
        }

        @Test("an errand comes to the writer in its turn", arguments: Engine.allCases)
        func errands(_ engine: Engine) async throws {
            let room = try await TestRoom.open(engine)
            let done = Signal()
            room.database.visitWriter { done.give() }
            await done.wait()
            #expect(try await room.database.write { try Lantern.add("after", $0) } == 1)
        }
    }
#endif
