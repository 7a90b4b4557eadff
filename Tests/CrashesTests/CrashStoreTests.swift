import FoundationEssentials
import TestSupport
import Testing

@testable import Crashes

struct CrashStoreTests {
    let directory: TemporaryDirectory
    var store: CrashStore { CrashStore(directory: directory.path) }

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func add(_ name: String, _ death: String = "signal 4", padding: Int = 0) throws {
        var files = ["death": Array(death.utf8)]
        if padding > 0 { files["blackbox"] = [UInt8](repeating: 0, count: padding) }
        try Remains.folder(name, in: directory.path, files)
    }

    @Test("ends come newest first, with or without a written certificate; what is none of ours is left alone")
    func order() throws {
        try add("20261121-180211-10")
        try add("20261121-180212-9", "kind restart")
        try add("20261120-235959-99")
        try Remains.folder("20261121-180213-1", in: directory.path, [:])
        try Remains.folder("raw", in: directory.path, ["x": [1]])
        try directory.write("time_ms 5\nexit_code 78", to: "last-refusal")
        try Coroner.certify(directory: "\(directory.path)/20261120-235959-99")
        #expect(store.list().map(\.id) == ["20261121-180212-9", "20261121-180211-10", "20261120-235959-99"])
        #expect(store.newestUnplanned?.id == "20261121-180211-10")
        #expect(store.lastRefusal?.exitCode == 78)
    }

    @Test("a certificate that was half written counts as none: the evidence is read again")
    func halfWritten() throws {
        try add("20261121-180211-10")
        try Coroner.certify(directory: "\(directory.path)/20261121-180211-10")
        let whole = try directory.bytes(of: "20261121-180211-10/certificate.json")
        try directory.write(Array(whole.prefix(whole.count / 2)), to: "20261121-180211-10/certificate.json")
        #expect(store.written("20261121-180211-10") == nil && store.certificate("20261121-180211-10")?.cause == .trap)
    }

    @Test(
        "no name leads out of the folder",
        arguments: ["../20261121-180211-10", "20261121-180211-10/..", "", ".", "20261121-180211-1o", "20261121-180211--1"])
    func names(name: String) throws {
        try add("20261121-180211-10")
        #expect(store.written(name) == nil && store.certificate(name) == nil)
    }

    @Test("no more than the bounds is kept, the oldest goes, the newest three stay whatever they weigh")
    func bounds() throws {
        for number in 0..<8 { try add("20261121-18021\(number)-1", padding: 1_000) }
        store.prune(folders: 6, bytes: 1_000_000)
        #expect(store.ids.count == 6 && store.ids.last == "20261121-180212-1")
        store.prune(folders: 6, bytes: 4_100)
        #expect(store.ids.count == 4)
        store.prune(folders: 1, bytes: 10)
        #expect(store.ids == ["20261121-180217-1", "20261121-180216-1", "20261121-180215-1"])
    }

    @Test("the folders that a crash needs are only their owner's, and making them twice changes nothing")
    func prepare() throws {
        let store = CrashStore(directory: "\(directory.path)/crashes")
        store.prepare()
        try directory.write("x", to: "crashes/raw/kept")
        store.prepare()
        #expect(try directory.mode(of: "crashes") == 0o700 && directory.mode(of: "crashes/raw") == 0o700)
        #expect(directory.names(in: "crashes/raw") == ["kept"] && store.ids.isEmpty)
    }

    @Test("a folder that is not there has no ends and no refusal")
    func absent() {
        let none = CrashStore(directory: "\(directory.path)/none")
        #expect(none.list().isEmpty && none.newestUnplanned == nil && none.lastRefusal == nil)
        none.prune()
    }

    @Test(
        "a folder's name tells when and who",
        arguments: [
            ("19700101-000000-1", Int64(0)), ("20261121-180211-4711", 1_795_284_131_000), ("20240229-235959-2", 1_709_251_199_000),
            ("20260230-000000-1", 1_772_409_600_000),
        ])
    func moment(name: String, milliseconds: Int64) {
        #expect(EvidencePath.moment(of: name) == milliseconds)
    }

    @Test(
        "other names tell nothing",
        arguments: ["20261321-180211-1", "20261121-250000-1", "20261121", "x", "20261121-180211-", "９0261121-180211-1"])
    func noMoment(name: String) {
        #expect(EvidencePath.moment(of: name) == nil)
    }
}
