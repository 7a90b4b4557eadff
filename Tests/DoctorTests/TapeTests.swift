import FoundationEssentials
import Testing

@testable import Doctor

struct TapeTests {
    @Test("any tar reads it")
    func tape() throws {
        let path = "/tmp/tape-\(UInt64.random(in: 0 ... .max)).tgz"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let tape = try Tape(path: path, time: 1_700_000_000)
        let long = [UInt8](repeating: 65, count: 100_000)
        try tape.add("a/empty", [])
        try tape.add("a/long", long)
        try tape.add("a/block", [UInt8](repeating: 66, count: 512))
        try tape.end()
        #expect(tape.bytes == 100_512)
        #expect(try Data(contentsOf: URL(filePath: path)).prefix(2) == Data([0x1F, 0x8B]))
        #expect(throws: BundleError.self) { try Tape(path: "/nowhere/x.tgz", time: 0) }
    }
}
