import Foundation
import Storage
import Testing
import TestSupport
import Vocabulary

@Suite("Backups")
struct BackupVaultTests {
    private let clock = ManualClock()

    @Test("a backup is a folder with the database, what belongs to it and a manifest that says what is in it")
    func whole() async throws {
        let room = try await Lantern.open()
        for number in 1...10 { _ = try await room.database.write { try Lantern.add("\(number)", $0) } }
        try room.directory.write([1, 2, 3], to: "house.key")
        try FileManager.default.createDirectory(atPath: room.directory.path + "/ledger", withIntermediateDirectories: false)
        try room.directory.write([7, 8, 9] + [UInt8](repeating: 0, count: 5_000_000), to: "ledger/00000001.journal")
        let backup = try vault(room, [.log(folder: "ledger", suffix: ".journal"), .file("house.key"), .file("nothing")]).make(.asked)
        #expect(backup.name == "2026-11-21T080000.000Z-asked")
        #expect(room.directory.names(in: "backups") == [".lock", backup.name])
        #expect(room.directory.names(in: "backups/" + backup.name) == ["house.key", "ledger", "manifest.json", "switchboard.sqlite"])
        for name in ["house.key", "manifest.json", "switchboard.sqlite", "ledger/00000001.journal"] {
            #expect(try room.directory.mode(of: "backups/\(backup.name)/\(name)") == 0o600)
        }
        // The zeros at the end of a log are room that it hasn't used.
        #expect(try room.directory.bytes(of: "backups/\(backup.name)/ledger/00000001.journal") == [7, 8, 9])
        let manifest = backup.manifest
        #expect(manifest.tables["note"]?.rows == 10 && manifest.tables["shop"]?.rows == 1)
        #expect(manifest.rows == manifest.tables.values.map(\.rows).reduce(0, +))
        #expect(manifest.files.map(\.path).sorted() == ["house.key", "ledger/00000001.journal", "switchboard.sqlite"])
        #expect(manifest.epoch == (try await room.database.read(Epoch.read).text))
        #expect(manifest.migrations.map(\.id) == ["storage.0001", "lantern.0001"])
        #expect(try vault(room).all() == [backup])
    }

    @Test("while others write, a backup is of one moment: never half of a transaction")
    func oneMoment() async throws {
        let room = try await Lantern.open()
        let vault = try vault(room)
        let written = Signal()
        let writer = Task {
            for number in 1... {
                if Task.isCancelled { return }
                try await room.database.write { connection in
                    for half in ["a", "b"] { _ = try Lantern.add("\(number)\(half) " + String(repeating: "x", count: 500), connection) }
                }
                if number == 200 { written.give() }
            }
        }
        await written.wait()
        for _ in 1...5 {
            let backup = try await QuietThread.run { try vault.make(.asked) { sched_yield() } }
            let rows = try #require(backup.manifest.tables["note"]?.rows)
            #expect(rows >= 400 && rows.isMultiple(of: 2))
        }
        writer.cancel()
        try await writer.value
        #expect(vault.all().count == 5)
    }

    @Test("two tables have the same sum only when every value of every row is the same, in kind, bytes and order")
    func sums() async throws {
        let contents = [
            "(1, 2)", "(1, 3)", "(2, 1)", "(1, 2), (1, 3)", "(1, 3), (1, 2)", "('1', 2)", "(1.0, 2)", "(1.5, 2)", "(NULL, 2)", "('', 2)",
            "(x'', 2)", "(x'31', 2)",
            "('a', 'bc')", "('ab', 'c')", "('a' || char(0), 'bc')",
        ]
        let room = try await TemporaryDatabase.open()
        try await room.database.write { connection in
            for (number, values) in (contents + ["(1, 2)"]).enumerated() {
                try connection.execute("CREATE TABLE t\(number) (a ANY, b ANY) STRICT", [])
                try connection.execute("INSERT INTO t\(number) VALUES \(values)", [])
            }
        }
        let tables = try vault(room).make(.asked).manifest.tables
        let sums = try (0...contents.count).map { try #require(tables["t\($0)"]).sha256 }
        #expect(Set(sums).count == contents.count && sums.first == sums.last)
    }

    @Test("one that is broken off leaves nothing, and what a killed one left goes with the next")
    func brokenOff() async throws {
        struct Cut: Error {}
        let room = try await Lantern.open()
        _ = try await room.database.write { try Lantern.add(String(repeating: "x", count: 2_000_000), $0) }
        let vault = try vault(room)
        var steps = 0
        _ = try vault.make(.asked) { steps += 1 }
        #expect(steps > 5)
        for number in 1...steps {
            var step = 0
            #expect(throws: Cut.self) {
                try vault.make(.scheduled) {
                    step += 1
                    if step == number { throw Cut() }
                }
            }
            #expect(room.directory.names(in: "backups").count == 2)
        }
        try FileManager.default.createDirectory(atPath: vault.folder + "/.making-scheduled/ledger", withIntermediateDirectories: true)
        try room.directory.write("half", to: "backups/.making-scheduled/switchboard.sqlite")
        _ = try vault.make(.scheduled)
        #expect(room.directory.names(in: "backups").filter { $0.hasPrefix(".making") }.isEmpty)
        #expect(vault.all().count == 2)
    }

    @Test("what isn't whole is no backup: no manifest, a broken one, or one of a later format")
    func notVerified() async throws {
        let room = try await Lantern.open()
        let vault = try vault(room)
        let backup = try vault.make(.asked)
        let manifest = String(decoding: try room.directory.bytes(of: "backups/\(backup.name)/manifest.json"), as: UTF8.self)
        for text in ["", "{}", "[1]", String(manifest.prefix(100)), manifest.replacing("\"format\" : 1", with: "\"format\" : 2")] {
            try room.directory.write(text, to: "backups/\(backup.name)/manifest.json")
            #expect(vault.all().isEmpty, "\(text.prefix(40))")
        }
        try room.directory.write(manifest, to: "backups/\(backup.name)/manifest.json")
        #expect(vault.all().count == 1)
    }

    @Test("two at a time are refused, as is a directory without a database")
    func refusals() async throws {
        let room = try await Lantern.open()
        let vault = try vault(room)
        var inner: (any Error)?
        _ = try vault.make(.asked) {
            if inner == nil { do { _ = try vault.make(.asked) } catch { inner = error } }
        }
        #expect(inner as? BackupError == .busy(folder: vault.folder))
        let empty = try TemporaryDirectory()
        #expect(throws: BackupError.noDatabase(path: empty.path + "/switchboard.sqlite")) {
            try BackupVault(directory: empty.path, clock: clock, version: "test").make(.asked)
        }
        #expect(empty.names().isEmpty)
    }

    @Test("a database with a broken page is found out before anybody relies on its copy")
    func broken() async throws {
        let room = try await Lantern.open()
        try await room.database.write { connection in
            for number in 1...2_000 { _ = try Lantern.add("\(number) " + String(repeating: "x", count: 100), connection) }
        }
        try await room.database.close()
        var bytes = try room.directory.bytes(of: "switchboard.sqlite")
        for place in stride(from: bytes.count / 2, to: bytes.count / 2 + 8_192, by: 1) { bytes[place] = 0xFF }
        try room.directory.write(bytes, to: "switchboard.sqlite")
        #expect(throws: (any Error).self) { try vault(room).make(.asked) }
        #expect(try vault(room).all().isEmpty)
    }

    private func vault(_ room: TemporaryDatabase, _ companions: [BackupCompanion] = []) throws -> BackupVault {
        BackupVault(directory: room.directory.path, companions: companions, clock: clock, version: "test")
    }
}

@Suite("How long backups are kept")
struct BackupRetentionTests {
    private static let start: Int64 = 1_795_248_000_000
    private static let hour: Int64 = 3_600_000

    @Test("of 60 days of hourly ones: of 24 hours, 7 days and 4 weeks the newest each, as the calendar has them", arguments: 0..<14)
    func sixtyDays(_ shift: Int) throws {
        let items = (shift * 13..<shift * 13 + 60 * 24).map { Self.item(hours: $0) }
        var calendar = Calendar(identifier: .iso8601)
        calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
        var expected: Set<String> = []
        for (parts, count) in [
            (Set<Calendar.Component>([.year, .month, .day, .hour]), 24), ([.year, .month, .day], 7),
            ([.yearForWeekOfYear, .weekOfYear], 4),
        ] {
            var seen: [DateComponents] = []
            for item in items.reversed() {
                let period = calendar.dateComponents(parts, from: Date(timeIntervalSince1970: Double(item.at.milliseconds) / 1_000))
                if seen.contains(period) { continue }
                seen.append(period)
                if seen.count <= count { expected.insert(item.name) } else { break }
            }
        }
        #expect(BackupRetention().kept(items.shuffled()) == expected)
        #expect(expected.count > 30)
    }

    @Test("the newest one is kept whatever the numbers say, and what a person asked for always")
    func always() {
        let none = BackupRetention(hourly: 0, daily: 0, weekly: 0, migrations: 0)
        #expect(none.kept([Self.item(hours: 1), Self.item(hours: 2)]) == ["2"])
        let asked = BackupRetention.Item(name: "asked", at: Timestamp(milliseconds: 0), reason: .asked)
        #expect(none.kept([asked, Self.item(hours: 1), Self.item(hours: 2)]) == ["2", "asked"])
        #expect(none.kept([]).isEmpty)
    }

    @Test("of those made before migrations the last few are kept, and they don't push out the others")
    func migrations() {
        let before = (0..<9).map {
            BackupRetention.Item(name: "m\($0)", at: Timestamp(milliseconds: Self.start + Int64($0)), reason: .migration("desk.0001"))
        }
        let kept = BackupRetention(hourly: 1, daily: 0, weekly: 0).kept(before + [Self.item(hours: 0), Self.item(hours: -1)])
        #expect(kept == ["m4", "m5", "m6", "m7", "m8", "0"])
    }

    @Test("deleting by it leaves the others and their files alone")
    func pruned() async throws {
        let clock = ManualClock()
        let room = try await Lantern.open()
        let vault = BackupVault(directory: room.directory.path, clock: clock, version: "test")
        for _ in 1...4 {
            _ = try vault.make(.scheduled)
            clock.advance(by: .seconds(3_600))
        }
        _ = try vault.make(.asked)
        let names = vault.all().map(\.name)
        #expect(try vault.prune(BackupRetention(hourly: 2, daily: 0, weekly: 0)) == Array(names.prefix(2)))
        #expect(vault.all().map(\.name) == Array(names.dropFirst(2)))
        #expect(room.directory.names(in: "backups") == [".lock"] + names.dropFirst(2))
    }

    private static func item(hours: Int) -> BackupRetention.Item {
        BackupRetention.Item(name: "\(hours)", at: Timestamp(milliseconds: start + Int64(hours) * hour), reason: .scheduled)
    }
}

@Suite("Moments as people type them")
struct BackupTimeTests {
    @Test(
        "in UTC, as exact as was typed",
        arguments: [
            ("2026-11-21", 1_795_219_200_000), ("2026-11-21T08:00", 1_795_248_000_000), ("2026-11-21 08:00:01", 1_795_248_001_000),
            ("2026-11-21T080000.123Z", 1_795_248_000_123), ("2026-11-21T08:00:00.000Z", 1_795_248_000_000), ("2000-02-29", 951_782_400_000),
            ("1970-01-01", 0),
        ] as [(String, Int64)])
    func times(_ text: String, _ milliseconds: Int64) {
        #expect(BackupTime.parse(text) == Timestamp(milliseconds: milliseconds))
    }

    @Test(
        "anything else is refused",
        arguments: [
            "", "now", "2026", "2026-13-01", "2026-00-10", "2026-11-21T25:00", "2026-11-21T08", "2026-11-21T08:00+01:00",
            "99999999999999999999-1-1", "----", "T", "2026-11-21T08:00:00.1",
        ])
    func refused(_ text: String) {
        #expect(BackupTime.parse(text) == nil)
    }
}
