import CLinux
import Glibc

/// A child that resolves the settings and writes the plan.
final class PlanChild {
    enum Outcome {
        case planned(WorkerPlan)
        /// What is wrong was written to standard error; the child's exit code.
        case refused(Int32)
    }

    let process: Int32
    let descriptor: Int32
    /// Its wait status, once somebody has reaped it.
    var status: Int32?
    private var gathered: [UInt8] = []
    private let deadline = Clock.now + 20_000

    private init(process: Int32, descriptor: Int32) {
        self.process = process
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// - Parameter program: whose settings they are.
    static func start(verb: String, options: [String], program: Program = .own) -> Result<PlanChild, SpawnFailure> {
        var ends: [Int32] = [-1, -1]
        guard clinux_pipe(&ends) == 0, let ours = ends.first, let theirs = ends.last else { return .failure(SpawnFailure(number: errno)) }
        defer { close(theirs) }
        var child = Spawn(arguments: ["worker", "plan", verb] + options, descriptors: [theirs])
        child.program = program.handle
        switch child.run() {
        case .failure(let failure):
            close(ours)
            return .failure(failure)
        case .success(let process): return .success(PlanChild(process: process, descriptor: ours))
        }
    }

    /// Takes what has come; the outcome when that was all.
    func read() -> Outcome? {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let count = Glibc.read(descriptor, &buffer, buffer.count)
        if count < 0, errno == EINTR { return nil }
        if count > 0, gathered.count + count <= WorkerPlan.limit {
            gathered += buffer.prefix(count)
            return nil
        }
        return finish()
    }

    /// Until the outcome is known: for the start, when there is nothing else to do.
    func wait() -> Outcome {
        while true {
            if let outcome = read() { return outcome }
        }
    }

    /// A child that does not come to its end has none.
    func giveUpIfLate(at now: Int64) {
        if now > deadline { kill(process, SIGKILL) }
    }

    private func finish() -> Outcome {
        if status == nil {
            var found: Int32 = 0
            while waitpid(process, &found, 0) < 0, errno == EINTR {}
            status = found
        }
        let end = WorkerEnd(waitStatus: status ?? 0)
        if end == .exited(0), let plan = WorkerPlan(String(decoding: gathered, as: UTF8.self)) { return .planned(plan) }
        return .refused(end == .exited(0) ? 70 : end.shellCode)
    }
}
