import FoundationEssentials
import Host
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

    @Test("an end is found by the incident that clients were told of")
    func incident() throws {
        try add("20261121-180210-1", "signal 4")
        try add("20261121-180211-1", "signal 4\npoison ff\nheld ff:1a2b3c4d ee:9f9f9f9f")
        try add("20261121-180212-1", "signal 9\nincident 5e5e5e5e")
        #expect(store.end(ofIncident: "1a2b3c4d")?.id == "20261121-180211-1")
        #expect(store.end(ofIncident: "9f9f9f9f")?.id == "20261121-180211-1")
        #expect(store.end(ofIncident: "5e5e5e5e")?.id == "20261121-180212-1")
        #expect(store.end(ofIncident: "00000000") == nil && store.end(ofIncident: "") == nil)
        try Coroner.certify(directory: store.path("20261121-180211-1"))
        let certificate = try #require(store.end(ofIncident: "1a2b3c4d"))
        let text = Why(certificate, in: .english).text(folder: "x")
        #expect(text.contains("00000000000000ff as incident 1a2b3c4d") && text.contains("`switchboard resume` lets it in again"))
    }

    @Test("names of functions: looked up now, soon, or by nobody any more")
    func naming() throws {
        let id = "20261121-180211-1"
        try add(id, "signal 4\nended_ms 1000000")
        let certificate = try #require(store.certificate(id))
        #expect(store.naming(of: certificate, now: 1_029_999) == .due && store.naming(of: certificate, now: 1_030_000) == nil)
        CoronersNote.leave(in: store.path(id))
        guard case .running(let age)? = store.naming(of: certificate, now: Age.now + 2_000) else {
            Issue.record("nobody is at it")
            return
        }
        #expect((2_000..<10_000).contains(age))
        // One that died over it is nobody.
        try Remains.folder(id, in: directory.path, ["coroner": Array("process 1\nticks 7\nsince_ms 5".utf8)])
        #expect(store.naming(of: certificate, now: 1_030_000) == nil)
        try Coroner.certify(directory: store.path(id))
        #expect(store.naming(of: certificate, now: 1_030_000) == .done && !Remains.exists(store.path(id) + "/coroner"))
    }

    @Test("while names are looked up the answer says so, and since when", arguments: CrashLanguage.allCases)
    func note(language: CrashLanguage) {
        let why = Why(WhyTests.trap, in: language)
        let running = why.text(folder: "x", naming: .running(2_140))
        #expect(running.split(separator: "\n").dropFirst().first?.contains(language == .english ? "2.1 s" : "2.1 秒") == true, "\(running)")
        #expect(why.text(folder: "x", naming: .due) != running && why.text(folder: "x") == why.text(folder: "x", naming: .done))
        // Without a stack there are no names to wait for.
        let killed = Why(WhyTests.killed, in: language)
        #expect(killed.text(folder: "x", naming: .running(1)) == killed.text(folder: "x"))
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
