import FoundationEssentials
import Glibc
import NIOCore
import Routing
import Vocabulary

/// Runs the `cli` probe: a command of the operator's, without a shell, in a process group of its own, with nothing of our environment but
/// PATH. When its time is over the whole group is ended: grandchildren of such commands outlived the predecessor's probes.
struct CommandProbe: Sendable {
    /// Bytes of its output that are kept.
    private static let outputLimit = 4 * 1_024

    /// In the data directory: an empty place for what commands write.
    let home: String
    var patience = Duration.seconds(30)

    func run(_ command: String, on node: Node) async -> ProbeFinding {
        let words = Self.words(command, model: node.healthModel)
        guard let program = words.first.flatMap(Self.find) else {
            return ProbeFinding(.cli, .notSent(.local), milliseconds: 0, detail: "the command \(words.first ?? "") was not found", cost: 0)
        }
        let began = NIODeadline.now()
        let ending = await execute(program, words, environment(of: node))
        let time = (NIODeadline.now() - began).nanoseconds / 1_000_000
        switch ending {
        case .exited(0, let output) where !output.isEmpty: return ProbeFinding(.cli, .completed, milliseconds: time)
        case .exited(let code, let output):
            return ProbeFinding(.cli, .brokeBeforeHead, milliseconds: time, detail: Self.words(code, output, node))
        case .late:
            let limit = patience.components.seconds
            return ProbeFinding(.cli, .firstByteTimeout, milliseconds: time, detail: "the command took longer than \(limit) s")
        case .cancelled: return ProbeFinding(.cli, .clientLeft, milliseconds: time, cost: 0)
        case .notStarted(let reason): return ProbeFinding(.cli, .notSent(.local), milliseconds: time, detail: reason, cost: 0)
        }
    }

    /// Without quoting rules: arguments are parted by spaces, `{model}` is the node's.
    private static func words(_ command: String, model: String) -> [String] {
        command.split(separator: " ").map { $0 == "{model}" ? model : String($0) }
    }

    private static func words(_ code: Int32, _ output: [UInt8], _ node: Node) -> String {
        // Where the output was cut, a part of the credential may be left at its end.
        let isCut = output.count >= outputLimit
        let kept = isCut ? output.dropLast(node.credential?.reveal().utf8.count ?? 0) : output[...]
        return "exit \(code): \(node.withoutCredential(String(decoding: kept, as: UTF8.self)).clipped(to: 300))"
    }

    private func environment(of node: Node) -> [String] {
        [
            "PATH=\(ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin")", "HOME=\(home)",
            "ANTHROPIC_BASE_URL=\(node.url.text)", "ANTHROPIC_API_KEY=\(node.credential?.reveal() ?? "")",
        ]
    }

    private static func find(_ name: String) -> String? {
        if name.hasPrefix("/") { return access(name, X_OK) == 0 ? name : nil }
        guard !name.contains("/") else { return nil }
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
        return path.split(separator: ":").map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }
}

extension Node {
    /// What others say may hold its credential: it is taken out before anyone reads it.
    func withoutCredential(_ text: String) -> String {
        guard let credential = credential?.reveal(), !credential.isEmpty else { return text }
        return text.replacing(credential, with: "•••")
    }
}

// The child. Nothing here blocks: it is looked at fifty times a second.
extension CommandProbe {
    enum Ending: Sendable {
        case exited(Int32, [UInt8])
        case late, cancelled
        case notStarted(String)
    }

    private func execute(_ program: String, _ words: [String], _ environment: [String]) async -> Ending {
        var ends: [CInt] = [-1, -1]
        guard pipe(&ends) == 0, let reading = ends.first, let writing = ends.last else { return .notStarted("no descriptor is left") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(reading, F_SETFL, O_NONBLOCK)
        defer { close(reading) }
        let child = Self.spawn(program, words, environment, output: writing)
        close(writing)
        switch child {
        case .failure(let error): return .notStarted(String(cString: strerror(error.code)))
        case .success(let child): return await watch(child, reading)
        }
    }

    private struct SpawnError: Error {
        let code: CInt
    }

    private static func spawn(_ program: String, _ words: [String], _ environment: [String], output: CInt) -> Result<pid_t, SpawnError> {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, output, 2)
        for descriptor in openDescriptors() { posix_spawn_file_actions_addclose(&actions, descriptor) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK))
        var child = pid_t()
        let code = withCStrings(words) { arguments in
            withCStrings(environment) { variables in posix_spawn(&child, program, &actions, &attributes, arguments, variables) }
        }
        return code == 0 ? .success(child) : .failure(SpawnError(code: code))
    }

    /// What a child could inherit of ours: listeners and connections of the network library are not closed by themselves, and a child that
    /// outlives us would keep the port. A few more than are open now, for what is opened meanwhile; closing what is not open is no error.
    private static func openDescriptors() -> ClosedRange<CInt> {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        let highest = names.compactMap { CInt($0) }.max() ?? 1_024
        return 3...max(3, highest) + 64
    }

    private func watch(_ child: pid_t, _ reading: CInt) async -> Ending {
        let deadline = ContinuousClock.now + patience
        var output: [UInt8] = []
        var hasExited = false
        while !hasExited, !Task.isCancelled, ContinuousClock.now < deadline {
            Self.drain(reading, into: &output)
            hasExited = Self.hasExited(child)
            if !hasExited { try? await Task.sleep(for: .milliseconds(20)) }
        }
        // What it left behind goes with it. Not reaped yet, its group can be no other's.
        kill(-child, SIGKILL)
        var status: CInt = 0
        waitpid(child, &status, 0)
        guard hasExited else { return Task.isCancelled ? .cancelled : .late }
        Self.drain(reading, into: &output)
        return .exited(Self.exitCode(status), output)
    }

    private static func hasExited(_ child: pid_t) -> Bool {
        var info = siginfo_t()
        return waitid(P_PID, id_t(child), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_signo == SIGCHLD
    }

    /// As shells count: 128 and the signal.
    private static func exitCode(_ status: CInt) -> CInt {
        status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
    }

    /// No more at once than a pipe holds: who writes without end must not keep us from the clock.
    private static func drain(_ reading: CInt, into output: inout [UInt8]) {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        for _ in 0..<16 {
            let count = read(reading, &buffer, buffer.count)
            guard count > 0 else { return }
            if output.count < outputLimit { output += buffer.prefix(min(count, outputLimit - output.count)) }
        }
    }

    private static func withCStrings<Result>(_ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result) -> Result {
        let copies = texts.map { strdup($0) } + [nil]
        defer { for copy in copies { free(copy) } }
        return body(copies)
    }
}
