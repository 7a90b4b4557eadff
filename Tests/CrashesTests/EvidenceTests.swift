import BlackBox
import FoundationEssentials
import Glibc
import Host
import TestSupport
import Testing

@testable import Crashes

/// Folders as they are left by machines that go down, by full disks and by somebody hostile.
struct EvidenceTests {
    let directory: TemporaryDirectory
    static let name = "20261121-180211-4711"

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test("what the supervisor wrote is read line by line")
    func death() {
        let facts = DeathFacts(
            """
            pid 4711
            role serve
            build 0.1.0 (95b9d9e)
            started_ms 1000
            ended_ms 5000
            uptime_ms 4000
            kind foreign-stop
            signal 15
            stage 8 ready
            sender_pid 99
            sender_uid 0
            sender_command python3 deploy.py --now
            restarts_in_row 2
            level 1
            maxrss_kb 90000
            poison ff 00000000000000aa zz 0
            elephant grey
            """)
        #expect(facts.kind == .foreignStop && facts.pid == 4_711 && facts.build == "0.1.0 (95b9d9e)" && facts.inRow == 2)
        #expect(facts.sender == CertificateSender(pid: 99, uid: 0, command: "python3 deploy.py --now"))
        #expect(facts.stage == CertificateStage(number: 8, name: "ready") && facts.resources.memoryPeak == 90_000)
        #expect(facts.poison == ["00000000000000ff", "00000000000000aa"])
    }

    @Test(
        "a stage is understood by number, by name, and by both",
        arguments: [
            ("stage 5", 5, "migrations"), ("stage migrations", 5, "migrations"), ("stage 12 later", 12, "later"), ("stage 42", 42, ""),
        ])
    func stage(line: String, number: Int, name: String) {
        #expect(DeathFacts(line).stage == CertificateStage(number: number, name: name))
    }

    @Test("numbers beyond all measure and broken lines are left out, not believed")
    func strangeNumbers() {
        let facts = DeathFacts("pid 99999999999999999999\nsignal 65\nexit_code 256\nstage -1 x\nuptime_ms\n\nsender_pid 0\nlevel x")
        var nothing = DeathFacts()
        nothing.resources = facts.resources
        #expect(facts == nothing && facts.resources == CertificateResources())
        let overflow = DeathFacts("oom_kill_before -9223372036854775808\noom_kill_after 9223372036854775807")
        #expect(overflow.resources.memoryKills == -1)
    }

    @Test("the black box that a killed worker left is read: log, signal, beats, what was in flight")
    func box() throws {
        let memory = try BlackBoxMemory()
        let writer = BlackBoxWriter(memory)
        writer.setBuild("0.1.0")
        writer.enter(.ready)
        writer.noteSignal(number: SIGTERM, code: 0, sender: 99, user: 0, command: "python3 deploy.py")
        _ = writer.takeOff(.relay, id: "01M7YW910M96NGYA1DQ91K5GQA", bytes: 612, fingerprint: 0xFF)
        writer.record(level: 1, at: 1_795_284_130_100) { $0.append("frame read") }
        let box = try #require(BoxContents(bytes: memory.copy()))
        #expect(box.build == "0.1.0" && box.stage == CertificateStage(number: 8, name: "ready") && box.pid == Int64(getpid()))
        #expect(box.signal == 15 && box.sender == CertificateSender(pid: 99, uid: 0, command: "python3 deploy.py"))
        #expect(box.inFlight.map(\.kind) == ["relay"] && box.suspects == [0xFF])
        #expect(box.log == [CertificateRecord(at: 1_795_284_130_100, level: "debug", text: "frame read")])
    }

    @Test("what is only going out is no suspect")
    func answering() throws {
        let memory = try BlackBoxMemory()
        let writer = BlackBoxWriter(memory)
        var flight = try #require(writer.takeOff(.relay, id: "x", fingerprint: 0xFF))
        writer.answering(&flight)
        #expect(try #require(BoxContents(bytes: memory.copy())).suspects.isEmpty)
    }

    @Test("a folder that is none, or has nothing, is said to be so")
    func nothing() throws {
        #expect(throws: CrashError.noEvidence(path: "\(directory.path)/none")) { try Evidence.read("\(directory.path)/none") }
        let empty = try Remains.folder(Self.name, in: directory.path, [:])
        #expect(throws: CrashError.nothingKnown(path: empty)) { try Evidence.read(empty) }
        try directory.write("file", to: "file")
        #expect(throws: CrashError.noEvidence(path: "\(directory.path)/file")) { try Evidence.read("\(directory.path)/file") }
    }

    @Test("links are not followed, pipes are not waited for, folders in place of files are passed by")
    func places() throws {
        try directory.write("signal 4", to: "secret")
        let folder = try Remains.folder(Self.name, in: directory.path, ["threads": Array("1 main S".utf8)])
        #expect(symlink("\(directory.path)/secret", "\(folder)/death") == 0)
        #expect(mkfifo("\(folder)/blackbox", 0o600) == 0)
        #expect(mkdir("\(folder)/backtrace.json", 0o700) == 0)
        let evidence = try Evidence.read(folder)
        #expect(evidence.death == nil && evidence.box == nil && evidence.backtrace == nil && evidence.threads == ["1 main S"])
        #expect(symlink(folder, "\(directory.path)/20261121-180211-4712") == 0)
        #expect(throws: CrashError.self) { try Evidence.read("\(directory.path)/20261121-180211-4712") }
    }

    @Test("hostile bytes of every kind make a certificate or an error, and nothing else", arguments: 0..<400)
    func fuzz(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let files = ["death", "blackbox", "backtrace.json", "threads", "certificate.json"]
        var contents: [String: [UInt8]] = [:]
        for file in files where Bool.random(using: &random) { contents[file] = Hostile.bytes(for: file, &random) }
        let folder = try Remains.folder(Self.name, in: directory.path, contents)
        if let evidence = try? Evidence.read(folder) {
            for language in CrashLanguage.allCases {
                let why = Why(Coroner.certificate(of: evidence, naming: false), in: language)
                let text = why.text(folder: folder)
                #expect(!text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" } && !why.remedies.isEmpty)
            }
        }
        let made = try? Coroner.certify(directory: folder)
        if made != nil { #expect(CrashStore(directory: directory.path).written(Self.name) != nil) }
        _ = CrashStore(directory: directory.path).list()
    }
}

/// Bytes that are almost right.
enum Hostile {
    static func bytes(for file: String, _ random: inout SeededRandom) -> [UInt8] {
        var bytes = template(for: file)
        switch Int.random(in: 0..<6, using: &random) {
        case 0: return (0..<Int.random(in: 0..<3_000, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        case 1: return Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random)))
        case 2: return Array(Samples.text(seed: UInt64.random(in: 0...9_999, using: &random), length: 500).utf8)
        case 3: return Array(repeating: UInt8(ascii: "["), count: 50_000)
        default:
            for _ in 0..<Int.random(in: 0..<20, using: &random) where !bytes.isEmpty {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            return bytes
        }
    }

    private static func template(for file: String) -> [UInt8] {
        switch file {
        case "blackbox":
            guard let memory = try? BlackBoxMemory() else { return [] }
            let writer = BlackBoxWriter(memory)
            writer.enter(.ready)
            _ = writer.takeOff(.frame, id: "x", bytes: .max, fingerprint: .max)
            writer.record(level: 4, at: .max) { $0.append(Samples.hostile) }
            return memory.copy()
        case "backtrace.json":
            return Array(
                """
                {"description": "Bad pointer dereference", "faultAddress": "0xffffffffffffffff", "architecture": "x86_64", "threads": \
                [{"crashed": true, "name": "\\u001b[2J", "registers": {"rsp": "0xfffffffffffffff0"}, "frames": [{"kind": "programCounter", \
                "address": "0xffffffffffffffff"}, {"kind": "omittedFrames", "count": -9223372036854775808}, {"kind": "returnAddress", \
                "address": "0x0"}]}], "images": [{"name": "switchboard", "buildId": "ff", "baseAddress": "0x1", "endOfText": "0xffffffffffffffff"}]}
                """.utf8)
        case "certificate.json": return WhyTests.trap.json.map { Array($0) } ?? []
        case "threads": return Array("1 main S futex\n2 loop R 0\n".utf8)
        default:
            return Array(
                "kind signal\nsignal 11\nended_ms 9223372036854775807\nstarted_ms -9223372036854775808\nuptime_ms -1\nutime_ms 9223372036854775807\nstime_ms 9223372036854775807\nmaxrss_kb -5\nmemory_limit_kb 9223372036854775807\nsilent_ms -9223372036854775808\nrefusal \u{202E}\u{1B}[2J"
                    .utf8)
        }
    }
}
