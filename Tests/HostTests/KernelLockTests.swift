import Foundation
import Host
import Testing

@Suite("The kernel's list of locks")
struct KernelLockTests {
    @Test("kind, holder, file and place of each that is held; who waits and what is no lock are left out")
    func table() {
        let table = """
            1: POSIX  ADVISORY  WRITE 4711 08:01:131 120 120
            2: FLOCK  ADVISORY  READ 4712 00:1f:132 0 EOF
            3: OFDLCK ADVISORY  WRITE -1 08:01:133 1073741824 1073742335
            3: -> OFDLCK ADVISORY  WRITE 4713 08:01:133 1073741824 1073742335
            4: LEASE  ACTIVE    READ 4714 08:01:134 0 EOF
            nonsense
            """
        #expect(
            KernelLock.read(table).map { "\($0.kind) \($0.isExclusive) \($0.holder) \($0.file) \($0.start)" } == [
                "posix true 4711 131 120", "flock false 4712 132 0", "descriptor true -1 133 1073741824",
            ])
    }

    @Test("a lock of this process is on it for as long as it is held")
    func own() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "lock-\(UUID().uuidString)").path
        #expect(FileManager.default.createFile(atPath: path, contents: nil))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let file = try #require(FileHandle(forUpdatingAtPath: path))
        let number = try #require(FileFacts(path)?.number)
        func isHeld() -> Bool { KernelLock.all().contains { $0.kind == .flock && $0.isExclusive && $0.file == number } }
        #expect(!isHeld())
        #expect(flock(file.fileDescriptor, LOCK_EX | LOCK_NB) == 0 && isHeld())
        #expect(flock(file.fileDescriptor, LOCK_UN) == 0 && !isHeld())
    }
}
