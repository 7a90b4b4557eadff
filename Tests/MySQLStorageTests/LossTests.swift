#if MySQL
    import Gauges
    import MySQLStorage
    import Storage
    import Testing
    import TestSupport
    import Vocabulary

    @Suite("Connections that are lost")
    struct LossTests {
        @Test("a connection that is killed before the commit costs a second run, nothing else")
        func killed() async throws {
            let server = try MariaDBServer.shared()
            let room = try await TestRoom.open(on: server)
            for number in 1...5 {
                let runs = Recorder<Int>()
                let seq = try await room.database.write { connection in
                    runs.note(1)
                    let seq = try Lantern.add("\(number)", connection)
                    if runs.entries.count == 1 {
                        try server.execute("KILL \(connection.row("SELECT CONNECTION_ID()")?.get(0, as: Int.self) ?? 0)")
                    }
                    return seq
                }
                #expect(seq == number && runs.entries.count == 2)
            }
            #expect(try await room.database.read(Lantern.bodies) == (1...5).map(String.init))
            #expect(room.database.figures.lostConnections.value >= 5)
        }

        @Test(
            "a connection that ends around the commit: what was answered is stored once",
            arguments: [CutProxy.Cut.beforeCommit, .afterCommit, .silence])
        func aroundCommit(_ cut: CutProxy.Cut) async throws {
            let server = try MariaDBServer.shared()
            let proxy = try CutProxy(to: server.port)
            let room = try await TestRoom.open(on: server) {
                $0.port = proxy.port
                $0.ioTimeout = .seconds(1)
            }
            for number in 1...3 {
                proxy.arm(cut)
                #expect(try await room.database.write { try Lantern.add("\(number)", $0) } == number)
                #expect(proxy.hasCut)
            }
            #expect(try await room.database.read(Lantern.bodies) == ["1", "2", "3"])
            try await room.database.close()
            proxy.close()
        }

        @Test("when the outcome of a commit can't be learned that is said, and the batch is wholly there or not at all")
        func unknown() async throws {
            let server = try MariaDBServer.shared()
            let proxy = try CutProxy(to: server.port)
            let room = try await TestRoom.open(on: server) {
                $0.port = proxy.port
                $0.patience = .milliseconds(300)
            }
            proxy.arm(.afterCommit)
            let error = await #expect(throws: StorageError.self) {
                try await room.database.write { connection in
                    proxy.refuse(true)
                    _ = try Lantern.add("a", connection)
                    _ = try Lantern.add("b", connection)
                }
            }
            #expect(error?.code == "storage.unknown_outcome")
            await #expect(throws: StorageError.self) { try await room.database.write { _ in } }
            proxy.refuse(false)
            #expect(try await room.database.write { try Lantern.add("c", $0) } == 3)
            #expect(try await room.database.read(Lantern.bodies) == ["a", "b", "c"])
            proxy.close()
        }

        @Test("reads whose connections end are answered by other ones")
        func reads() async throws {
            let server = try MariaDBServer.shared()
            let proxy = try CutProxy(to: server.port)
            let room = try await TestRoom.open(on: server) { $0.port = proxy.port }
            for _ in 1...5 {
                #expect(try await room.database.read { try $0.row("SELECT COUNT(*) FROM shop")?.get(0, as: Int.self) } == 1)
                proxy.cutAll()
            }
            #expect(room.database.figures.lostConnections.value >= 1)
            proxy.close()
        }

        @Test("while the server can't be reached reads and writes fail within their patience, coded, and work again afterwards")
        func unreachable() async throws {
            let server = try MariaDBServer.shared()
            let proxy = try CutProxy(to: server.port)
            let room = try await TestRoom.open(on: server) {
                $0.port = proxy.port
                $0.patience = .milliseconds(300)
            }
            proxy.refuse(true)
            proxy.cutAll()
            let began = ContinuousClock.now
            let write = await #expect(throws: StorageError.self) { try await room.database.write { try Lantern.add("x", $0) } }
            let read = await #expect(throws: StorageError.self) { try await room.database.read(Lantern.bodies) }
            #expect(write?.code == "storage.unreachable" && read?.code == "storage.unreachable")
            #expect(ContinuousClock.now - began < .seconds(10))
            #expect(!"\(String(describing: write)) \(room.database.place)".contains(MariaDBServer.password))
            proxy.refuse(false)
            #expect(try await room.database.write { try Lantern.add("x", $0) } == 1)
            #expect(try await room.database.read(Lantern.bodies) == ["x"])
            proxy.close()
        }

        @Test("a server that loses its power and comes back has everything that was answered")
        func restart() async throws {
            let server = try MariaDBServer()
            let room = try await TestRoom.open(on: server)
            let answered = Recorder<Int>()
            let isOver = Recorder<Bool>()
            async let writers: Void = withTaskGroup(of: Void.self) { group in
                for task in 0..<8 {
                    group.addTask {
                        while isOver.entries.isEmpty {
                            if let seq = try? await room.database.write({ try Lantern.add("\(task)", $0) }) { answered.note(seq) }
                        }
                    }
                }
            }
            for _ in 0..<2 {
                let count = answered.entries.count
                while answered.entries.count < count + 50 { await Task.yield() }
                server.stop()
                try server.start()
            }
            let count = answered.entries.count
            while answered.entries.count < count + 50 { await Task.yield() }
            isOver.note(true)
            await writers
            let stored = try await room.database.read {
                try $0.rows("SELECT seq FROM note ORDER BY seq").map { try $0.get(0, as: Int.self) }
            }
            #expect(stored == Array(1...max(1, stored.count)))
            #expect(Set(answered.entries).count == answered.entries.count && Set(stored).isSuperset(of: answered.entries))
            #expect(room.database.figures.lostConnections.value >= 2)
            try await room.database.close()
            server.stop()
        }

        @Test("a body that takes the connection down again and again fails alone")
        func poison() async throws {
            let server = try MariaDBServer.shared()
            let room = try await TestRoom.open(on: server) { $0.patience = .seconds(3) }
            let barrier = Barrier()
            async let holder: Void = room.database.write { _ in barrier.hold() }
            await barrier.arrival()
            let before = Task { try await room.database.write { try Lantern.add("before", $0) } }
            await room.database.untilQueued(1)
            let poison = Task {
                try await room.database.write { connection in
                    try server.execute("KILL \(connection.row("SELECT CONNECTION_ID()")?.get(0, as: Int.self) ?? 0)")
                    _ = try connection.row("SELECT 1")
                }
            }
            await room.database.untilQueued(2)
            let after = Task { try await room.database.write { try Lantern.add("after", $0) } }
            await room.database.untilQueued(3)
            barrier.open()
            try await holder
            #expect(try await before.value == 1)
            await #expect(throws: StorageError.self) { try await poison.value }
            #expect(try await after.value == 2)
        }

        @Test("values that the server would not take are refused and end no connection")
        func tooLong() async throws {
            let room = try await TestRoom.open(.mysql)
            let text = String(repeating: "x", count: 17 << 20)
            await #expect(throws: StorageError.self) { try await room.database.write { try Lantern.add(text, $0) } }
            #expect(room.database.figures.lostConnections.value == 0)
            #expect(try await room.database.write { try Lantern.add("x", $0) } == 1)
        }

        @Test("a statement that takes longer than an answer may is given up, and its connection with it")
        func slow() async throws {
            let server = try MariaDBServer.shared()
            let room = try await TestRoom.open(on: server) {
                $0.ioTimeout = .seconds(1)
                $0.patience = .milliseconds(100)
            }
            let error = await #expect(throws: StorageError.self) { try await room.database.read { try $0.row("SELECT SLEEP(8)") } }
            #expect(["storage.unreachable", "storage.engine"].contains(error?.code ?? ""))
            #expect(try await room.database.read { try $0.row("SELECT 1")?.get(0, as: Int.self) } == 1)
        }

        @Test("a wrong password, an unknown database and a port with nobody behind are told, without the password")
        func refused() async throws {
            let server = try MariaDBServer.shared()
            let right = TestRoom.configuration(server, try server.makeDatabase())
            var wrong = [right, right, right]
            wrong[0].password = Secret("wrong word")
            wrong[1].database = "nowhere"
            wrong[2].port = 1
            for configuration in wrong {
                let error = await #expect(throws: StorageError.self) { try await MySQLDatabase.open(configuration, logger: .silent) }
                #expect(error?.code == "storage.unreachable")
                #expect(!"\(String(describing: error))".contains("wrong word"))
            }
            #expect(!"\(right)".contains(MariaDBServer.password))
        }

        @Test("every statement may be new: the statements that are kept prepared are bounded")
        func manyStatements() async throws {
            let room = try await TestRoom.open(.mysql)
            let sum = try await room.database.read { connection in
                try (1...600).reduce(0) { sum, number in sum + (try connection.row("SELECT \(number)")?.get(0, as: Int.self) ?? 0) }
            }
            #expect(sum == 180_300)
        }
    }
#endif
