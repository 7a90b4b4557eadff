import Host
import Testing

@testable import Crashes

/// Every kind of end, told from evidence alone.
struct VerdictTests {
    struct Row: Sendable, CustomStringConvertible {
        let name: String
        var death = ""
        var backtrace: RawBacktrace?
        var box: BoxContents?
        var threads: [String] = []
        var hasTool = false
        let cause: Cause
        var description: String { name }

        var evidence: Evidence {
            var evidence = Evidence(id: "20261121-180211-4711")
            evidence.death = death.isEmpty ? nil : DeathFacts(death)
            evidence.backtrace = backtrace
            evidence.box = box
            evidence.threads = threads
            evidence.hasTool = hasTool
            return evidence
        }
    }

    static func crash(_ description: String, isAtStackEnd: Bool = false, omitted: Int? = nil) -> RawBacktrace {
        var frames = [RawBacktrace.Frame(kind: .programCounter, address: 0x1000)]
        if let omitted { frames.append(RawBacktrace.Frame(kind: .omitted(omitted), address: 0)) }
        return RawBacktrace(
            description: description, faultAddress: 0x1000, architecture: "x86_64", thread: "", frames: frames, images: [],
            isAtStackEnd: isAtStackEnd)
    }

    static let rows: [Row] = [
        Row(name: "a trap on x86", death: "kind signal\nsignal 4\nstage 8 ready", cause: .trap),
        Row(name: "a trap on arm", death: "kind signal\nsignal 5", cause: .trap),
        Row(
            name: "a trap whose corpse had to be killed", death: "kind signal\nsignal 9", backtrace: crash("Illegal instruction"),
            cause: .trap),
        Row(name: "an abort", death: "signal 6", backtrace: crash("Aborted"), cause: .abort),
        Row(
            name: "endless recursion, by the stack pointer", death: "signal 11",
            backtrace: crash("Bad pointer dereference", isAtStackEnd: true), cause: .stackOverflow),
        Row(
            name: "endless recursion, by frames left out", death: "signal 11",
            backtrace: crash("Bad pointer dereference", omitted: 260_000),
            cause: .stackOverflow),
        Row(
            name: "a deep stack that traps is no overflow", death: "signal 4", backtrace: crash("Illegal instruction", omitted: 5_000),
            cause: .trap),
        Row(
            name: "a bad access that left no backtrace where one would have been written", death: "signal 11", hasTool: true,
            cause: .stackOverflow),
        Row(name: "a bad access where nobody could write it down", death: "signal 11", cause: .badMemory),
        Row(
            name: "a bad access that was not written down in time", death: "signal 11\nbacktracer timeout", hasTool: true, cause: .badMemory
        ),
        Row(name: "a wild pointer", death: "signal 11", backtrace: crash("Bad pointer dereference"), cause: .badMemory),
        Row(name: "a mapped file that is gone", death: "signal 7", cause: .busError),
        Row(name: "a division by zero in C", death: "signal 8", cause: .arithmetic),
        Row(name: "out of memory", death: "signal 9\noom_kill_before 2\noom_kill_after 3", cause: .outOfMemory),
        Row(name: "killed while another was out of memory before", death: "signal 9\noom_kill_before 3\noom_kill_after 3", cause: .killed),
        Row(name: "killed where nobody counts", death: "signal 9", cause: .killed),
        Row(name: "SIGTERM by somebody else", death: "kind foreign-stop\nexit_code 0", cause: .foreignStop),
        Row(name: "SIGTERM that nobody handled", death: "signal 15\nsender_pid 77", cause: .foreignStop),
        Row(name: "SIGHUP of a closed terminal", death: "signal 1", cause: .foreignStop),
        Row(name: "SIGUSR2", death: "signal 12", cause: .signalled),
        Row(name: "a real-time signal", death: "signal 40", cause: .signalled),
        Row(name: "processor time used up", death: "signal 24", cause: .resourceLimit),
        Row(name: "a sandbox", death: "signal 31", cause: .forbiddenCall),
        Row(name: "a hang that was aborted", death: "kind hang\nsignal 6", backtrace: crash("Aborted"), cause: .hang),
        Row(name: "a start that stood still", death: "kind deadline\nsignal 9\nstage 5 migrations", cause: .hangAtStart),
        Row(name: "a start that stood still and said so", death: "exit_code 87\nstage 4", cause: .hangAtStart),
        Row(name: "a refused start", death: "kind exit\nexit_code 78\nstage 1 configuration", cause: .refusedStart),
        Row(name: "a refused start, from the raw status", death: "wait_status 17664\nstage 3", cause: .refusedStart),
        Row(name: "a signal, from the raw status, with a core", death: "wait_status 132", cause: .trap),
        Row(name: "an exit in the middle of work", death: "kind exit\nexit_code 70\nstage 8 ready", cause: .exited),
        Row(name: "a restart", death: "kind restart\nexit_code 0", cause: .asked),
        Row(name: "a stop", death: "kind exit\nexit_code 0", cause: .asked),
        Row(name: "a power cut", death: "kind vanished\nboot_id a\nboot_id_now b", cause: .powerCut),
        Row(name: "both killed at once", death: "kind vanished\nboot_id a\nboot_id_now a", cause: .vanished),
        Row(
            name: "a supervisor that was killed alone", death: "kind vanished\nboot_id a\nboot_id_now a\nsurvived 1",
            cause: .orphaned),
        Row(name: "no death was written, but a crash", backtrace: crash("Illegal instruction"), cause: .trap),
        Row(name: "no death was written, but threads", threads: ["1 main S futex"], cause: .hang),
        Row(name: "nothing but a black box", box: BoxContents(), cause: .unknown),
        Row(name: "nonsense", death: "signal 900\nexit_code -1\nkind elephant", cause: .unknown),
    ]

    @Test("the cause of an end is read off its evidence", arguments: rows)
    func verdict(row: Row) {
        #expect(Verdict.cause(of: row.evidence) == row.cause)
    }

    @Test(
        "an allocation that failed is told from other crashes by the functions that found it",
        arguments: [
            ("swift_slowAlloc", true), ("swift::swift_abortAllocationFailure(unsigned long, unsigned long)", true),
            ("operator new(unsigned long)", true), ("specialized Array.subscript.getter", false), ("abort", false),
        ])
    func allocation(function: String, isFailure: Bool) {
        let frames = [CertificateFrame(kind: .call), CertificateFrame(kind: .call, function: function)]
        #expect(Verdict.isAllocation(frames) == isFailure)
    }

    @Test(
        "an abort close to the limit of address space is one for want of it, other crashes are not",
        arguments: [
            ("signal 6\nrlimit_as 4096000000\naddress_kb 3900000", Cause.outOfMemory),
            ("signal 6\nrlimit_as 4096000000\naddress_kb 3000000", .abort), ("signal 6\naddress_kb 3900000", .abort),
            ("signal 4\nrlimit_as 4096000000\naddress_kb 3900000", .trap), ("signal 9\nrlimit_as 4096000000\naddress_kb 3999999", .killed),
        ])
    func addressSpace(death: String, cause: Cause) {
        var evidence = Evidence(id: "20261121-180211-4711")
        evidence.death = DeathFacts(death)
        #expect(Coroner.certificate(of: evidence, naming: false).cause == cause)
    }

    @Test("every cause is in the table, and all but what was asked for is unplanned")
    func complete() {
        #expect(Set(Self.rows.map(\.cause)) == Set(Cause.allCases))
        #expect(Cause.allCases.filter { !$0.isUnplanned } == [.asked])
    }

    @Test("every verdict has a sentence and a remedy in both languages, and none says what another says", arguments: CrashLanguage.allCases)
    func sentences(language: CrashLanguage) {
        var seen: [String: Cause] = [:]
        for row in Self.rows where seen.values.contains(row.cause) == false {
            let why = Why(Coroner.certificate(of: row.evidence, naming: false), in: language)
            #expect(why.sentence.hasSuffix(language == .english ? "." : "。") && !why.remedies.isEmpty, "\(row)")
            let isChinese = why.sentence.unicodeScalars.contains { $0.value >= 0x4E00 && $0.value < 0xA000 }
            #expect(isChinese == (language == .chinese), "\(why.sentence)")
            #expect(seen.updateValue(row.cause, forKey: why.sentence) == nil, "\(why.sentence)")
        }
    }
}
