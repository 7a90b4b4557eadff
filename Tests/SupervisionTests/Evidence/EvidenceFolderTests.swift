import TestSupport
import Testing

@testable import Supervision

/// Where evidence goes.
struct EvidenceFolderTests {
    let directory: TemporaryDirectory
    var folder: EvidenceFolder { EvidenceFolder(path: "\(directory.path)/a/data/crashes") }

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test("the folders that a crash needs are made with all above them, are only their owner's, and making them twice changes nothing")
    func prepare() throws {
        folder.prepare()
        try directory.write("x", to: "a/data/crashes/raw/kept")
        folder.prepare()
        for path in ["a", "a/data", "a/data/crashes", "a/data/crashes/raw"] {
            let mode = try directory.mode(of: path)
            #expect(mode == 0o700, "\(path)")
        }
        #expect(directory.names(in: "a/data/crashes/raw") == ["kept"])
    }

    @Test("a backtrace counts when it is written to its end, and is moved to its evidence")
    func backtrace() throws {
        let whole = #"{"description": "System trap", "threads": [{"crashed": true, "frames": []}], "images": []}"#
        folder.prepare()
        let file = "a/data/crashes/raw/switchboard-4711-1.0.json"
        #expect(!folder.hasBacktrace(of: 4_711))
        try directory.write(String(whole.prefix(40)), to: file)
        #expect(!folder.hasBacktrace(of: 4_711))
        try directory.write(whole, to: file)
        #expect(folder.hasBacktrace(of: 4_711) && !folder.hasBacktrace(of: 471))
        let evidence = try #require(folder.folder(process: 4_711, at: 0))
        #expect(folder.takeBacktrace(of: 4_711, to: evidence) == Array(whole.utf8))
        #expect(directory.names(in: "a/data/crashes/raw") == [])
    }
}
