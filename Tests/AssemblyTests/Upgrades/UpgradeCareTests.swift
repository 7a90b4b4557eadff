#if MySQL
    import Fleet
    import FoundationEssentials
    import Logging
    import Settings
    import Storage
    import Testing
    import TestSupport
    import Vocabulary

    @testable import Assembly

    @Suite("Before the schema of a shared database changes", .timeLimit(.minutes(3)))
    struct UpgradeCareTests {
        private let clock = ManualClock()
        private let directory: TemporaryDirectory

        init() throws {
            directory = try TemporaryDirectory()
        }

        /// Where the release before left these rooms; the others are as they are.
        private static let heads = ["desk": 9, "gateway": 15]
        private static let older: [Schema] = HouseSchema.schemas.map { schema in
            heads[schema.room].map { Schema(room: schema.room, migrations: Array(schema.migrations.prefix($0))) } ?? schema
        }
        /// What is to come: nothing but additions.
        private static let newer = HouseSchema.schemas.flatMap { schema in
            schema.migrations.dropFirst(heads[schema.room] ?? .max).map { name(schema.room, $0.number) }
        }

        private static func name(_ room: String, _ number: Int) -> String {
            "\(room).\(String(repeating: "0", count: 4 - "\(number)".count))\(number)"
        }

        /// This program, with a change besides that the release before can't live with.
        private static let last = name("desk", (HouseSchema.schemas.first { $0.room == "desk" }?.migrations.count ?? 0) + 1)
        private static let breaking: [Schema] = HouseSchema.schemas.map { schema in
            guard schema.room == "desk" else { return schema }
            let next = Migration(schema.migrations.count + 1, "less", ["DROP INDEX shop_staff_by_member"])
            return Schema(room: "desk", migrations: schema.migrations + [next])
        }

        private func house(_ schemas: [Schema]) async throws -> TemporaryDatabase {
            let house = try await TemporaryDatabase.open(schemas: schemas, on: .server, clock: clock)
            try await house.database.write { connection in
                for number in 0..<40 {
                    try connection.execute("INSERT INTO workspace (id, name, created_at) VALUES (?, '客服', 5)", "W\(number)")
                }
            }
            return house
        }

        private func migrate(_ house: TemporaryDatabase, to schemas: [Schema], _ flags: [String: String] = [:]) async throws -> [String] {
            let settings = try Settings.load(
                catalogue: HouseSettings.catalogue, flags: [], environment: ["DATA_DIR": directory.path].merging(flags) { $1 },
                directory: directory.path)
            let care = UpgradeCare(settings: settings, clock: clock, logger: .silent, progress: {})
            return try await Migrator(
                schemas: schemas, logger: .silent, clock: clock, version: "test",
                precaution: { try await care.before($1, landed: $2, size: $3, on: $0) }
            ).migrate(house.database)
        }

        private func backups() -> [VerifiedBackup] {
            BackupVault(directory: directory.path, clock: clock, version: "test").all()
        }

        @Test("it is backed up as it is, in its own schema, and the backup can be restored and gone on with")
        func backedUp() async throws {
            let house = try await house(Self.older)
            let ran = try await migrate(house, to: HouseSchema.schemas)
            #expect(ran == Self.newer && ran.count >= 3)
            let backup = try #require(backups().first)
            #expect(backups().count == 1 && backup.manifest.reason == .migration("desk.0010"))
            let file = try SQLiteFile(backup.path + "/switchboard.sqlite", .readOnly)
            #expect(try file.row("SELECT COUNT(*) FROM workspace", [])?.get(0) == 40)
            let history = try file.rows("SELECT id FROM schema_history", []).map { try $0.get(0, as: String.self) }
            #expect(history.contains("desk.0009") && !history.contains("desk.0010"))
            #expect(try SchemaShape.read(file).drift(from: ExpectedSchema.make(Self.older)).isEmpty)
            let epoch = try await house.database.read { try Epoch.read($0) }
            #expect(try Epoch.read(file) == epoch)
        }

        @Test("a new database and one with nothing to do are not backed up")
        func nothingToLose() async throws {
            let house = try await TemporaryDatabase.open(schemas: [], on: .server, clock: clock)
            // Storage's own is there: the rest is all new, but something is.
            #expect(try await migrate(house, to: HouseSchema.schemas).count > 30)
            let before = backups().count
            #expect(try await migrate(house, to: HouseSchema.schemas).isEmpty)
            #expect(backups().count == before)
        }

        @Test("who has switched backups off is not kept from it, and gets none")
        func switchedOff() async throws {
            let house = try await house(Self.older)
            #expect(Set(try await migrate(house, to: Self.breaking, ["BACKUP_EVERY": "0s"])) == Set(Self.newer + [Self.last]))
            #expect(backups().isEmpty)
        }

        @Test("where none can be made, what only adds something goes on, and what takes something away does not")
        func notPossible() async throws {
            try Data().write(to: directory.path + "/nowhere")
            let blocked = ["BACKUP_DIR": directory.path + "/nowhere"]
            let house = try await house(Self.older)
            let error = await #expect(throws: MigratorError.self) { try await migrate(house, to: Self.breaking, blocked) }
            #expect(error?.code == "migrator.backup")
            #expect(try await house.database.read { try $0.row("SELECT COUNT(*) FROM schema_history WHERE id = 'desk.0010'")?.get(0) } == 0)
            #expect(try await migrate(house, to: HouseSchema.schemas, blocked) == Self.newer)
        }

        @Test("while an instance of the release before works, only additions are made; when it has left, the rest is")
        func othersServe() async throws {
            let house = try await house(Self.older)
            let other = try await FleetRoom.open(
                house.database, isSingle: false, name: "north", version: "1", clock: clock, logger: .silent)
            let beating = Task {
                while !Task.isCancelled {
                    try await other.beat()
                    try await Task.sleep(for: .seconds(1))
                }
            }
            #expect(try await migrate(house, to: HouseSchema.schemas) == Self.newer)
            let error = await #expect(throws: MigratorError.self) { try await migrate(house, to: Self.breaking) }
            #expect(error == .othersServe(instances: ["north"], migrations: [Self.last]))
            #expect(error?.kind == .later)
            beating.cancel()
            _ = await beating.result
            try await other.leave()
            #expect(try await migrate(house, to: Self.breaking) == [Self.last])
        }

        @Test("the reason names the size, and what to do instead")
        func reasons() throws {
            let load = { (flags: [String: String]) in
                try Settings.load(catalogue: HouseSettings.catalogue, flags: [], environment: flags, directory: "/nowhere")
            }
            #expect(UpgradeCare.reason(against: 1 << 30, try load([:])) == nil)
            let large = try #require(UpgradeCare.reason(against: 5 << 30, try load([:])))
            #expect(large.contains("5") && large.contains("mariadb-dump") && large.contains("BACKUP_EVERY=0s"))
            #expect(UpgradeCare.reason(against: 1, try load(["BACKUP_EVERY": "0s"]))?.hasPrefix("BACKUP_EVERY=0s") == true)
        }
    }

    extension Data {
        fileprivate func write(to path: String) throws { try write(to: URL(filePath: path)) }
    }
#endif
