import BlackBox

/// The file `death`: what the supervisor saw of an end.
package struct DeathFacts: Sendable, Equatable {
    /// How the supervisor came to know of it.
    package enum Kind: String, Sendable {
        case exit, signal, hang, restart
        case foreignStop = "foreign-stop"
        /// A stage of the start made no progress.
        case deadline
        /// Found at the next start: there was no death that anybody saw.
        case vanished
    }

    package var kind: Kind?
    package var pid: Int64?
    package var role: String?
    package var build: String?
    package var startedAt: Int64?
    package var endedAt: Int64?
    package var uptime: Int64?
    package var exitCode: Int?
    package var signal: Int?
    package var stage: CertificateStage?
    package var sender: CertificateSender?
    package var resources = CertificateResources()
    package var words: String?
    package var inRow: Int?
    package var level: Int?
    package var heartbeat: String?
    package var silent: Int64?
    package var backtracer: String?
    package var poison: [String] = []
    /// Optional parts that the supervisor had switched off after it.
    package var partsOff: [String] = []
    package var held: [CertificateHold] = []
    package var incident: String?
    /// The release that was left with this end, and the one that the supervisor went back to.
    package var left: CertificateRelease?
    package var isOtherBoot = false
    /// The worker was seen to live on when its supervisor was gone.
    package var hasSurvived = false

    package init() {}

    init(_ text: String) {
        let lines = KeyedLines(text)
        kind = lines["kind"].flatMap(Kind.init)
        pid = lines.number("pid")
        role = lines["role"]
        build = lines["build"]
        startedAt = lines.number("started_ms")
        endedAt = lines.number("ended_ms")
        uptime = lines.number("uptime_ms")
        exitCode = lines.number("exit_code", in: 0...255)
        signal = lines.number("signal", in: 1...64)
        stage = lines["stage"].flatMap(Self.stage)
        words = lines["refusal"] ?? lines["asked_by"]
        inRow = lines.number("restarts_in_row", in: 0...1_000_000).map { max(1, $0) }
        level = lines.number("level", in: 0...9)
        heartbeat = lines["heartbeat"]
        silent = lines.number("silent_ms")
        backtracer = lines["backtracer"]
        poison = (lines["poison"] ?? "").split(separator: " ").prefix(8).compactMap(Fingerprint.text)
        partsOff = (lines["parts_off"] ?? "").split(separator: " ").prefix(8).compactMap { OptionalPart(rawValue: String($0))?.rawValue }
        held = (lines["held"] ?? "").split(separator: " ").prefix(64).compactMap(Self.hold)
        incident = lines["incident"].map { String($0.prefix(32)) }
        if let build = lines["left_build"] {
            left = CertificateRelease(left: String(build.prefix(120)), serving: String((lines["serving_build"] ?? "").prefix(120)))
        }
        hasSurvived = lines["survived"] == "1"
        if let boot = lines["boot_id"], let now = lines["boot_id_now"] { isOtherBoot = boot != now }
        readStatus(lines)
        readSender(lines)
        readResources(lines)
    }

    /// Of a folder that only has the raw status of `waitpid`.
    private mutating func readStatus(_ lines: KeyedLines) {
        guard exitCode == nil, signal == nil, let status = lines.number("wait_status", in: 0...0xFFFF) else { return }
        if status & 0x7F == 0 { exitCode = status >> 8 } else { signal = status & 0x7F }
    }

    private mutating func readSender(_ lines: KeyedLines) {
        guard let pid = lines.number("sender_pid"), pid > 0 else { return }
        sender = CertificateSender(pid: pid, uid: lines.number("sender_uid"), command: lines["sender_command"])
    }

    private mutating func readResources(_ lines: KeyedLines) {
        resources.userTime = lines.number("utime_ms")
        resources.systemTime = lines.number("stime_ms")
        resources.memoryPeak = lines.number("maxrss_kb")
        resources.memoryLimit = lines.number("memory_limit_kb")
        resources.addressSpace = lines.number("address_kb")
        resources.addressLimit = lines.number("rlimit_as").flatMap { $0 > 0 && $0 < 1 << 60 ? $0 / 1_024 : nil }
        guard let before = lines.number("oom_kill_before"), let after = lines.number("oom_kill_after"), after >= before else { return }
        resources.memoryKills = after &- before
    }

    /// `7f3a…:1a2b3c4d`.
    private static func hold(_ text: Substring) -> CertificateHold? {
        let parts = text.split(separator: ":", maxSplits: 1)
        guard parts.count == 2, let fingerprint = Fingerprint.text(parts[0]) else { return nil }
        return CertificateHold(fingerprint: fingerprint, incident: String(parts[1].prefix(32)))
    }

    /// `5 migrations`, `5`, or `migrations`.
    private static func stage(_ text: String) -> CertificateStage? {
        let parts = text.split(separator: " ", maxSplits: 1).map(String.init)
        guard let first = parts.first else { return nil }
        guard let number = Int(first), (0...99).contains(number) else {
            return StartStage.allCases.first { $0.name == first }.map { CertificateStage(number: $0.rawValue, name: first) }
        }
        return CertificateStage(number: number, name: parts.count == 2 ? parts[1] : StartStage(rawValue: number)?.name ?? "")
    }
}

/// How fingerprints of inputs are written: 16 hex digits.
enum Fingerprint {
    static func text(_ number: UInt64) -> String? {
        guard number != 0 else { return nil }
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }

    static func text(_ written: some StringProtocol) -> String? {
        UInt64(written, radix: 16).flatMap { text($0) }
    }
}
