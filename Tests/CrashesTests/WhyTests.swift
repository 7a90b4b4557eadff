import Testing

@testable import Crashes

/// Whole answers of `switchboard why`, word by word.
struct WhyTests {
    static func certificate(_ cause: Cause, _ change: (inout Certificate) -> Void = { _ in }) -> Certificate {
        var certificate = Certificate(id: "20261121-180211-4711", cause: cause, endedAt: 1_795_284_131_000)
        certificate.pid = 4_711
        certificate.uptime = 11_532_000
        certificate.build = "0.1.0"
        certificate.stage = CertificateStage(number: 8, name: "ready")
        change(&certificate)
        return certificate
    }

    static let trap = certificate(.trap) { certificate in
        certificate.signal = 4
        certificate.inRow = 2
        certificate.resources.memoryPeak = 91_000
        certificate.resources.userTime = 4_000
        certificate.resources.systemTime = 1_200
        certificate.crash = CertificateCrash(
            description: "Illegal instruction", failure: "Index out of range", thread: "loop-1",
            frames: [
                CertificateFrame(
                    kind: .inlined, function: "Array.subscript.getter", file: "swift/stdlib/public/core/Array.swift", line: 412),
                CertificateFrame(
                    kind: .call, function: "FrameReader.read(_:)", file: "Sources/WebServer/FrameReader.swift", line: 88, isOwn: true),
                CertificateFrame(kind: .async, function: "Live.run()", file: "Sources/Desk/Live.swift", line: 12, isOwn: true),
                CertificateFrame(kind: .omitted, count: 40),
                CertificateFrame(kind: .call, address: "0x7f0000001234", image: "libc.so.6+0x1234"),
            ], signature: "00112233445566aa")
        certificate.inFlight = [
            CertificateInFlight(kind: "frame", request: "01M7YW910M96NGYA1DQ91K5GQA", bytes: 612, age: 40, fingerprint: "00000000000000ff"),
            CertificateInFlight(kind: "request", request: nil, bytes: 0, age: nil, fingerprint: nil),
        ]
        certificate.poison = ["00000000000000ff"]
        certificate.log = [
            CertificateRecord(at: 1_795_284_130_100, level: "debug", text: "frame read bytes=612"),
            CertificateRecord(at: 1_795_284_130_990, level: "warning", text: "slow\u{1B}[2Jreader"),
        ]
    }

    static let stopped = certificate(.foreignStop) { certificate in
        certificate.signal = 15
        certificate.sender = CertificateSender(pid: 25_155, uid: 0, command: "python3 deploy.py")
    }

    static let killed = certificate(.killed) { certificate in
        certificate.signal = 9
        certificate.missing = [.sender]
    }

    static let memory = certificate(.outOfMemory) { certificate in
        certificate.signal = 9
        certificate.resources.memoryLimit = 524_288
        certificate.resources.memoryKills = 1
    }

    static let hang = certificate(.hang) { certificate in
        certificate.signal = 6
        certificate.hang = CertificateHang(
            name: "writer", silent: 5_230, threads: ["4712 NIO-ELT-0 S ep_poll", "4713 writer D io_schedule"])
    }

    static let refused = certificate(.refusedStart) { certificate in
        certificate.exitCode = 69
        certificate.stage = CertificateStage(number: 3, name: "ports")
        certificate.words = "port 8080 is held by nginx (pid 812)"
        certificate.uptime = 210
    }

    static let blind = certificate(.trap) { certificate in
        certificate.signal = 4
        certificate.missing = [.backtraceTool, .blackBox]
    }

    static let cases: [(String, Certificate)] = [
        ("trap", trap), ("stopped", stopped), ("killed", killed), ("memory", memory), ("hang", hang), ("refused", refused),
        ("blind", blind),
    ]

    @Test("the whole answer, word by word", arguments: cases.map(\.0), CrashLanguage.allCases)
    func golden(name: String, language: CrashLanguage) throws {
        let certificate = try #require(Self.cases.first { $0.0 == name }?.1)
        try Golden.expect(
            Why(certificate, in: language).text(folder: "data/crashes/\(certificate.id)"), is: "why-\(name).\(language.rawValue)")
    }

    @Test("a refused start is told with its code and what to do", arguments: CrashLanguage.allCases)
    func refusal(language: CrashLanguage) throws {
        let refusal = try #require(
            Refusal("time_ms 1795284131000\nexit_code 69\nstage 3 ports\nsentence port 8080 is held by nginx (pid 812)"))
        try Golden.expect(refusal.text(in: language), is: "why-last-refusal.\(language.rawValue)")
    }

    @Test("a certificate is the same after it was written and read, and a later form is read as far as it is known")
    func coding() throws {
        let json = try #require(Self.trap.json)
        #expect(try Remains.decode(json) == Self.trap)
        let later = String(decoding: json, as: UTF8.self).replacing("\"schema\" : 1", with: "\"schema\" : 9, \"novelty\" : {\"x\" : []}")
        #expect(try Remains.decode(later).sentenceInEnglish == Self.trap.sentenceInEnglish)
    }

    @Test("control characters of others never reach the terminal")
    func terminal() {
        let text = Why(Self.trap, in: .english).text(folder: "x")
        #expect(!text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
        #expect(text.contains("slow·[2Jreader"))
    }

    @Test(
        "spans are told in their two largest units",
        arguments: [
            (Int64(0), "0 ms"), (999, "999 ms"), (1_000, "1.0 s"), (59_990, "59.9 s"), (192_000, "3 min 12 s"), (14_700_000, "4 h 5 min"),
            (792_000_000, "9 d 4 h"), (-5, "0 ms"),
        ])
    func lapse(milliseconds: Int64, text: String) {
        #expect(WhyFigure.lapse(milliseconds, in: .english) == text)
    }
}

extension Certificate {
    fileprivate var sentenceInEnglish: String { Why(self, in: .english).sentence }
}
