import Foundation
import Storage
import Testing
import TestSupport
import Vocabulary

@Suite("Restoring", .serialized)
struct RestorationTests {
    private let clock = ManualClock()
    private let companions: [BackupCompanion] = [.log(folder: "ledger", suffix: ".journal"), .file("house.key")]

    /// A closed database with a backup of ten notes, and five notes more.
    private func room() async throws -> (directory: TemporaryDirectory, backup: VerifiedBackup) {
        let room = try await TemporaryDatabase.open(schemas: [Lantern.schema], clock: clock)
        let directory = room.directory
        try FileManager.default.createDirectory(atPath: directory.path + "/ledger", withIntermediateDirectories: false)
        try directory.write("old", to: "ledger/00000001.journal")
        try directory.write("key", to: "house.key")
        for number in 1...10 { _ = try await room.database.write { try Lantern.add("\(number)", $0) } }
        let backup = try vault(directory).make(.scheduled)
        for number in 11...15 { _ = try await room.database.write { try Lantern.add("\(number)", $0) } }
        try await room.database.close()
        try directory.write("new", to: "ledger/00000002.journal")
        try directory.write("other key", to: "house.key")
        return (directory, backup)
    }

    @Test("the data are those of the backup, under a new epoch, and what was there is kept")
    func whole() async throws {
        let (directory, backup) = try await room()
        let report = try restoration(directory).run(.newest(at: nil))
        #expect(report.backup == backup.path && report.from == clock.now() && report.isVerified)
        #expect(report.missing == ["note": 5])
        let database = try SQLiteDatabase.open(directory: directory.path, logger: .silent)
        #expect(try await database.read(Lantern.bodies) == (1...10).map(String.init))
        let epoch = try await database.read(Epoch.read).text
        #expect(epoch == report.epoch && epoch != backup.manifest.epoch && epoch.count == 32)
        try await database.close()
        #expect(directory.names(in: "ledger") == ["00000001.journal"])
        #expect(try directory.bytes(of: "house.key") == Array("key".utf8))
        let aside = try #require(report.aside?.dropFirst(directory.path.count + 1))
        #expect(Set(directory.names(in: String(aside))).isSuperset(of: ["house.key", "ledger", "switchboard.sqlite"]))
        #expect(directory.names(in: aside + "/ledger") == ["00000001.journal", "00000002.journal"])
        #expect(try notes(directory.path + "/" + aside) == 15)
        #expect(directory.names().filter { $0.hasPrefix(".restoring") }.isEmpty)
    }

    @Test("a log of the old database that was not moved into it goes along with it, and never into the restored one")
    func log() async throws {
        let (directory, _) = try await room()
        // A killed server leaves its log behind; a copy of both files beside an open database is the same.
        let database = try SQLiteDatabase.open(directory: directory.path, logger: .silent)
        _ = try await database.write { try Lantern.add("16", $0) }
        let killed = try TemporaryDirectory()
        for name in ["switchboard.sqlite", "switchboard.sqlite-wal"] { try killed.write(try directory.bytes(of: name), to: name) }
        try await database.close()
        try FileManager.default.copyItem(atPath: directory.path + "/backups", toPath: killed.path + "/backups")
        let report = try restoration(killed).run(.newest(at: nil))
        #expect(report.missing == ["note": 6])
        #expect(try notes(killed.path) == 10)
        #expect(try notes(try #require(report.aside)) == 16)
    }

    @Test("checking alone changes nothing, and a running server is named")
    func checking() async throws {
        let (directory, backup) = try await room()
        let report = try restoration(directory).run(.named(backup.name), checkingOnly: true)
        #expect(report.missing == ["note": 5] && report.aside == nil)
        #expect(try notes(directory.path) == 15)
        let database = try SQLiteDatabase.open(directory: directory.path, logger: .silent)
        #expect(throws: StorageError.inUse(directory: directory.path, holder: DirectoryHolder.of(directory: directory.path))) {
            try restoration(directory).run(.newest(at: nil))
        }
        try await database.close()
    }

    @Test("any byte of it that is not as it was written is found, and the present data stay")
    func damaged() async throws {
        let (directory, backup) = try await room()
        let folder = "backups/" + backup.name
        for file in ["switchboard.sqlite", "ledger/00000001.journal", "house.key"] {
            let bytes = try directory.bytes(of: "\(folder)/\(file)")
            var other = bytes
            other[other.count / 2] ^= 1
            for broken in [other, Array(bytes.dropLast()), bytes + [0], []] {
                try directory.write(broken, to: "\(folder)/\(file)")
                #expect(throws: BackupError.damaged(path: backup.path, what: "\(file) is not as it was written")) {
                    try restoration(directory).run(.newest(at: nil))
                }
            }
            try FileManager.default.removeItem(atPath: "\(directory.path)/\(folder)/\(file)")
            let error = #expect(throws: BackupError.self) { try restoration(directory).run(.newest(at: nil)) }
            #expect(error?.code == "backup.damaged")
            try directory.write(bytes, to: "\(folder)/\(file)")
        }
        #expect(try notes(directory.path) == 15)
        _ = try restoration(directory).run(.newest(at: nil))
    }

    @Test("a manifest can't make it write anywhere else")
    func reachingOut() async throws {
        let (directory, backup) = try await room()
        let path = "backups/\(backup.name)/manifest.json"
        let manifest = String(decoding: try directory.bytes(of: path), as: UTF8.self)
        for name in ["../../stolen", "/tmp/stolen", "ledger/../../stolen.journal", "control.sock", "ledger/x.other"] {
            try directory.write(manifest.replacing("\"house.key\"", with: "\"\(name)\""), to: path)
            let error = #expect(throws: BackupError.self) { try restoration(directory).run(.newest(at: nil)) }
            #expect(error?.code == "backup.damaged" && error?.description.contains("none of ours") == true, "\(name)")
        }
        #expect(try notes(directory.path) == 15)
    }

    @Test("the one that is meant: by name, by folder, by time, or a bare file")
    func choices() async throws {
        let (directory, backup) = try await room()
        let first = clock.now()
        clock.advance(by: .seconds(60))
        let second = try vault(directory).make(.asked)
        for (choice, rows) in [
            (BackupChoice.named(backup.name), 10), (.named(backup.path), 10), (.named(backup.path + "/"), 10), (.newest(at: nil), 15),
            (.newest(at: first), 10), (.newest(at: first + .seconds(59)), 10), (.newest(at: first + .seconds(60)), 15),
            (.named(second.path + "/switchboard.sqlite"), 15),
        ] {
            _ = try restoration(directory).run(choice)
            #expect(try notes(directory.path) == rows, "\(choice)")
        }
        for choice in [BackupChoice.newest(at: first - .seconds(1)), .named("nothing"), .named("../nothing")] {
            let error = #expect(throws: BackupError.self) { try restoration(directory).run(choice) }
            #expect(error?.code == "backup.not_found", "\(choice)")
        }
        #expect(try notes(directory.path) == 15)
    }

    @Test("a backup of a newer release, and a file that is no database, are refused")
    func refused() async throws {
        let later = Schema(room: "later", migrations: [Migration(1, "something of its own", ["PRAGMA user_version = 1"])])
        let room = try await TemporaryDatabase.open(schemas: [Lantern.schema, later], clock: clock)
        _ = try await room.database.write { try Lantern.add("1", $0) }
        let backup = try vault(room.directory).make(.asked)
        try await room.database.close()
        #expect(throws: BackupError.newer(path: backup.path, migrations: ["later.0001"])) {
            try restoration(room.directory).run(.newest(at: nil))
        }
        try room.directory.write("this is no database", to: "text")
        let error = #expect(throws: BackupError.self) { try restoration(room.directory).run(.named(room.directory.path + "/text")) }
        #expect(error?.code == "backup.damaged")
        #expect(try notes(room.directory.path) == 1)
    }

    @Test("into an empty data directory, as after the loss of a machine")
    func emptyDirectory() async throws {
        let (directory, backup) = try await room()
        let fresh = try TemporaryDirectory()
        let vault = BackupVault(directory: fresh.path + "/data", companions: companions, clock: clock, version: "test")
        let report = try Restoration(vault, schemas: [Lantern.schema]).run(.named(backup.path))
        #expect(report.aside == nil && report.to == nil)
        #expect(try notes(fresh.path + "/data") == 10)
        #expect(fresh.names(in: "data") == ["house.key", "ledger", "switchboard.lock", "switchboard.sqlite"])
        _ = directory
    }

    private func vault(_ directory: TemporaryDirectory) -> BackupVault {
        BackupVault(directory: directory.path, companions: companions, clock: clock, version: "test")
    }

    private func restoration(_ directory: TemporaryDirectory) -> Restoration {
        Restoration(vault(directory), schemas: [Lantern.schema])
    }

    private func notes(_ directory: String) throws -> Int? {
        try SQLiteFile(directory + "/switchboard.sqlite", .readWrite).row("SELECT count(*) FROM note", [])?.get(0)
    }
}
