import Foundation
import Logging
import Storage
import Testing
import TestSupport

@Suite("The data directory")
struct DataDirectoryTests {
    @Test("only the owner may enter the folder and read the files, and missing folders are made")
    func permissions() async throws {
        let directory = try TemporaryDirectory()
        let database = try SQLiteDatabase.open(directory: directory.path + "/a/data", logger: .silent)
        try await database.write { _ = try $0.execute("CREATE TABLE t (x INTEGER)") }
        #expect(try directory.mode(of: "a/data") == 0o700)
        for name in ["switchboard.sqlite", "switchboard.sqlite-wal", "switchboard.lock"] {
            #expect(try directory.mode(of: "a/data/" + name) == 0o600, "\(name)")
        }
    }

    @Test("a second server on the same folder is refused by the holder's process id, until the first has closed")
    func lock() async throws {
        let directory = try TemporaryDirectory()
        let first = try SQLiteDatabase.open(directory: directory.path, logger: .silent)
        let pid = ProcessInfo.processInfo.processIdentifier
        let holder = try #require(DirectoryHolder.of(directory: directory.path))
        #expect(holder.process == pid && !holder.host.isEmpty && !holder.command.isEmpty && holder.since != nil)
        let refusal = StorageError.inUse(directory: directory.path, holder: holder)
        #expect(throws: refusal) { try SQLiteDatabase.open(directory: directory.path, logger: .silent) }
        #expect(refusal.code == "storage.in_use" && "\(refusal)".contains("process \(pid) (\(holder.command), since 2"))
        try await first.close()
        #expect(DirectoryHolder.of(directory: directory.path) == nil)
        try await SQLiteDatabase.open(directory: directory.path, logger: .silent).close()
    }

    @Test(
        "the id of a process that is gone is not named", arguments: ["", "999999999\n", "garbage", "99999999999999999999", "-1\nhost\n0\n"])
    func staleHolder(_ signature: String) async throws {
        let directory = try TemporaryDirectory()
        let database = try SQLiteDatabase.open(directory: directory.path, logger: .silent)
        try await database.write { _ in }
        // In place: a new file would be another lock.
        let handle = try #require(FileHandle(forWritingAtPath: directory.path + "/switchboard.lock"))
        try handle.truncate(atOffset: 0)
        try handle.write(contentsOf: Data(signature.utf8))
        #expect(throws: StorageError.inUse(directory: directory.path, holder: nil)) {
            try SQLiteDatabase.open(directory: directory.path, logger: .silent)
        }
        try await database.close()
    }

    @Test("every commit is flushed to the disk: synchronous is FULL on the writer")
    func durable() async throws {
        let room = try await Lantern.open()
        let settings = try await room.database.write { connection in
            try ["synchronous", "foreign_keys", "wal_autocheckpoint"].map { try connection.row("PRAGMA \($0)")?.get(0, as: Int.self) }
        }
        #expect(settings == [2, 1, 4_000])
        #expect(try await room.database.read { try $0.row("PRAGMA journal_mode")?.get(0, as: String.self) } == "wal")
    }

    @Test("closing finishes what was accepted, empties the log into the file and refuses what comes later")
    func close() async throws {
        let room = try await Lantern.open()
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
        #expect((room.directory.size(of: "switchboard.sqlite-wal") ?? 0) == 0)
        try await room.database.close()
        let again = try SQLiteDatabase.open(directory: room.directory.path, logger: .silent)
        #expect(try await again.read(Lantern.bodies) == ["last"])
        try await again.close()
    }

    @Test("a file that is no database, or a folder that can't be made, is an error that names it")
    func cannotOpen() throws {
        let directory = try TemporaryDirectory()
        try directory.write(String(repeating: "this is no database\n", count: 100), to: "switchboard.sqlite")
        for (path, named) in [
            (directory.path, "switchboard.sqlite"), (directory.path + "/switchboard.sqlite/x", "switchboard.sqlite"), ("", ""),
        ] {
            let error = try #require(#expect(throws: StorageError.self) { try SQLiteDatabase.open(directory: path, logger: .silent) })
            #expect(error.code == "storage.cannot_open")
            #expect(named.isEmpty || "\(error)".contains(named))
        }
    }
}
