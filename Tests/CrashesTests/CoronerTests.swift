import BlackBox
import FoundationEssentials
import Glibc
import Host
import Runtime
import TestSupport
import Testing

@testable import Crashes

/// The coroner on real addresses of this very program, moved as if it had been laid elsewhere.
struct CoronerTests {
    let directory: TemporaryDirectory
    static let name = "20261121-180211-4711"
    private static let slide: UInt64 = 0x10_0000_0000

    init() throws {
        directory = try TemporaryDirectory()
    }

    /// As `swift-backtrace` would have written this moment of a process that lies elsewhere.
    @inline(never)
    private static func here() throws -> RawBacktrace {
        let backtrace = try Backtrace.capture(limit: 40)
        let images = ImageMap.capture().compactMap { image -> RawBacktrace.Image? in
            guard let base = UInt64(image.baseAddress), let end = UInt64(image.endOfText) else { return nil }
            let id = (image.uniqueID ?? []).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            return RawBacktrace.Image(name: image.name ?? "?", buildID: id, base: base + slide, end: end + slide)
        }
        let frames = backtrace.frames.compactMap { frame -> RawBacktrace.Frame? in
            guard let address = UInt64(frame.originalProgramCounter), address != 0 else { return nil }
            switch frame {
            case .programCounter: return RawBacktrace.Frame(kind: .programCounter, address: address + slide)
            case .returnAddress: return RawBacktrace.Frame(kind: .returnAddress, address: address + slide)
            case .asyncResumePoint: return RawBacktrace.Frame(kind: .asyncResumePoint, address: address + slide)
            default: return nil
            }
        }
        return RawBacktrace(
            description: "Illegal instruction", faultAddress: 0x1000, architecture: backtrace.architecture, thread: "loop-1",
            frames: frames,
            images: images, isAtStackEnd: false)
    }

    @Test("addresses of another process of the same build are named to function, file and line")
    func naming() throws {
        let line = #line + 1
        let outcome = Symbolicator(try Self.here()).outcome()
        let frame = try #require(outcome.frames.first { $0.function?.contains("naming()") == true }, "\(outcome.frames.prefix(6))")
        #expect(outcome.missing == nil && frame.line == line && frame.file?.hasSuffix("CoronerTests.swift") == true)
        #expect(!outcome.frames.contains { $0.file?.hasPrefix("/") == true })
    }

    @Test("another build is not named wrongly: addresses stay addresses, and the certificate says so")
    func otherBuild() throws {
        var raw = try Self.here()
        raw.images = raw.images.map {
            RawBacktrace.Image(name: $0.name, buildID: "00" + $0.buildID.dropFirst(2), base: $0.base, end: $0.end)
        }
        let outcome = Symbolicator(raw).outcome()
        #expect(outcome.missing == .sameBuild && outcome.frames.allSatisfy { $0.function == nil && $0.address != nil })
    }

    @Test("addresses beyond their image are not looked up")
    func beyond() throws {
        var raw = try Self.here()
        raw.frames = [0, 1, Self.slide, .max, (raw.images.first?.end ?? 1) - 1].map {
            RawBacktrace.Frame(kind: .returnAddress, address: $0)
        }
        raw.images = raw.images.map { RawBacktrace.Image(name: $0.name, buildID: $0.buildID, base: $0.base, end: .max) }
        #expect(Symbolicator(raw).outcome().frames.count >= raw.frames.count)
    }

    @Test("a certificate is written beside its evidence, registers are cut out of the backtrace, the whole log is kept as text")
    func certify() throws {
        let raw = try Self.here()
        let withRegisters = raw.json.replacing("\"crashed\": true", with: "\"crashed\": true, \"registers\": {\"rax\": \"0x5ec2e7\"}")
        let memory = try BlackBoxMemory()
        let writer = BlackBoxWriter(memory)
        for number in 0..<300 { writer.record(level: 2, at: 1_000 + Int64(number)) { $0.append("record \(number)") } }
        let folder = try Remains.folder(
            Self.name, in: directory.path,
            [
                "death": Array("kind signal\nsignal 4\nended_ms 2000\nstage 8 ready".utf8), "backtrace.json": Array(withRegisters.utf8),
                "blackbox": memory.copy(),
            ])
        let certificate = try Coroner.certify(directory: folder)
        #expect(certificate.cause == .trap && certificate.crash?.frames.contains { $0.function?.contains("certify()") == true } == true)
        #expect(certificate.crash?.signature != nil && certificate.missing == [])
        #expect(certificate.log.count == Certificate.logLimit && certificate.log.last?.text == "record 299")
        #expect(CrashStore(directory: directory.path).written(Self.name) == certificate)
        let kept = String(decoding: try directory.bytes(of: "\(Self.name)/backtrace.json"), as: UTF8.self)
        #expect(!kept.contains("5ec2e7") && RawBacktrace(json: Array(kept.utf8))?.frames == raw.frames)
        #expect(try directory.bytes(of: "\(Self.name)/log.txt").count { $0 == UInt8(ascii: "\n") } == 300)
        #expect(try directory.mode(of: "\(Self.name)/certificate.json") == 0o600)
    }

    @Test("an input that was in flight in two deaths is named in the second certificate")
    func poison() throws {
        for (number, fingerprints) in [[0xAA, 0xBB], [0xBB, 0xCC]].enumerated() {
            let memory = try BlackBoxMemory()
            let writer = BlackBoxWriter(memory)
            for one in fingerprints { _ = writer.takeOff(.frame, id: "x", fingerprint: UInt64(one)) }
            let folder = try Remains.folder(
                "20261121-18021\(number)-1", in: directory.path, ["death": Array("signal 4".utf8), "blackbox": memory.copy()])
            #expect(try Coroner.certify(directory: folder).poison == (number == 0 ? [] : ["00000000000000bb"]))
        }
    }

    @Test("the sender is that of the signal which ended it, not of one that came before")
    func sender() {
        var evidence = Evidence(id: Self.name)
        var box = BoxContents()
        box.signal = 15
        box.sender = CertificateSender(pid: 99, uid: 0, command: "deploy")
        evidence.box = box
        for (death, expected) in [
            ("signal 15", true), ("kind foreign-stop", true), ("signal 4", false), ("signal 12", false), ("signal 9", false),
        ] {
            evidence.death = DeathFacts(death)
            #expect((Coroner.certificate(of: evidence, naming: false).sender != nil) == expected, "\(death)")
        }
    }

    @Test("signatures tell places apart and stay the same for one place")
    func signature() {
        let frame = { (name: String, isOwn: Bool) in CertificateFrame(kind: .call, function: name, isOwn: isOwn) }
        let ready = CertificateStage(number: 8, name: "ready")
        let here = Signature.of([frame("check", false), frame("a", true), frame("b", true)], stage: ready)
        #expect(
            here != nil
                && here
                    == Signature.of([frame("a", true), frame("x", false), frame("b", true)], stage: CertificateStage(number: 9, name: ""))
        )
        #expect(here != Signature.of([frame("a", true), frame("c", true)], stage: ready))
        #expect(here != Signature.of([frame("a", true), frame("b", true)], stage: CertificateStage(number: 5, name: "")))
        #expect(Signature.of([frame("check", false)], stage: ready) == nil)
    }

    @Test(
        "files are shown without folders of the machine that built them",
        arguments: [
            ("/build/here/Sources/Desk/Inbox.swift", "Sources/Desk/Inbox.swift", true),
            ("Sources/Desk/Inbox.swift", "Sources/Desk/Inbox.swift", true),
            ("/build/here/.build/checkouts/swift-nio/Sources/NIOCore/Channel.swift", "swift-nio/Sources/NIOCore/Channel.swift", false),
            ("/home/build-user/swift/stdlib/public/core/Array.swift", "swift/stdlib/public/core/Array.swift", false),
        ])
    func file(path: String, shown: String, isOwn: Bool) throws {
        let file = try #require(FrameName.file(path, root: "/build/here/"))
        #expect(file.shown == shown && file.isOwn == isOwn)
    }

    @Test(
        "what the compiler puts between two functions is left out of the told stack",
        arguments: [
            ("partial apply for closure #1 in Live.run()", true),
            ("protocol witness for Encodable.encode(to:) in conformance Cursor", true),
            ("specialized thunk for @escaping @callee_guaranteed () -> ()", true), ("Live.run()", false),
            ("closure #1 in Live.run()", false),
        ])
    func glue(name: String, isGlue: Bool) {
        #expect(FrameName.isGlue(name) == isGlue)
    }

    @Test("what the compiler made has no file; its failures have words")
    func compilerMade() {
        #expect(FrameName.file("/<compiler-generated>") == nil && FrameName.file("") == nil)
        #expect(FrameName.failure("Swift runtime failure: Index out of range") == "Index out of range")
        #expect(FrameName.failure("main") == nil && FrameName.failure("Swift runtime failure: ") == nil)
    }
}
