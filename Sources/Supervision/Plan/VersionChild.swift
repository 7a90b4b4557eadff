import CLinux
import Glibc
import Host

/// A child that says which build a program is: `version --json`. A program that can't say it is not started as a worker.
final class VersionChild {
    enum Outcome: Equatable {
        /// Like `0.1.0 (commit 0123456789ab, release)`.
        case build(String)
        /// A part of a sentence.
        case unusable(String)
    }

    let program: Program
    let process: Int32
    let descriptor: Int32
    /// Its wait status, once somebody has reaped it.
    var status: Int32?
    private var gathered: [UInt8] = []
    private let deadline = Clock.now + 10_000
    /// Bytes that are read of it.
    private static let limit = 16_384

    private init(program: Program, process: Int32, descriptor: Int32) {
        (self.program, self.process, self.descriptor) = (program, process, descriptor)
    }

    deinit { close(descriptor) }

    static func start(_ program: Program) -> Result<VersionChild, SpawnFailure> {
        var ends: [Int32] = [-1, -1]
        guard clinux_pipe(&ends) == 0, let ours = ends.first, let theirs = ends.last else { return .failure(SpawnFailure(number: errno)) }
        defer { close(theirs) }
        var child = Spawn(arguments: ["version", "--json"])
        child.program = program.handle
        child.output = theirs
        switch child.run() {
        case .failure(let failure):
            close(ours)
            return .failure(failure)
        case .success(let process): return .success(VersionChild(program: program, process: process, descriptor: ours))
        }
    }

    /// Takes what has come; the outcome when that was all.
    func read() -> Outcome? {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let count = Glibc.read(descriptor, &buffer, buffer.count)
        if count < 0, errno == EINTR { return nil }
        if count > 0, gathered.count + count <= Self.limit {
            gathered += buffer.prefix(count)
            return nil
        }
        return finish()
    }

    func giveUpIfLate(at now: Int64) {
        if now > deadline { kill(process, SIGKILL) }
    }

    private func finish() -> Outcome {
        if status == nil {
            // One that closed its output and goes on is no program of ours.
            if gathered.count >= Self.limit { kill(process, SIGKILL) }
            var found: Int32 = 0
            while waitpid(process, &found, 0) < 0, errno == EINTR {}
            status = found
        }
        let end = WorkerEnd(waitStatus: status ?? 0)
        guard end == .exited(0) else { return .unusable("`version --json` ended with \(end)") }
        return Self.build(gathered).map { .build($0) } ?? .unusable("`version --json` says nothing that this release understands")
    }

    /// Nil for what is no fingerprint of this program.
    static func build(_ bytes: [UInt8]) -> String? {
        guard let said = JSONText(bytes), said["name"]?.string == "switchboard", let version = said["version"]?.string,
            let commit = said["commit"]?.string
        else { return nil }
        let isChanged = said["dirty"] == .bool(true)
        let kind = said["configuration"]?.string ?? "unknown"
        return CommandText.clean(
            "\(version) (commit \(commit.prefix(12))\(isChanged ? ", changed" : ""), \(kind))", limit: 120)
    }
}
