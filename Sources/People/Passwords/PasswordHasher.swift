import CSodium
import Dispatch
import Synchronization
package import Vocabulary

/// Hashes passwords with argon2id (RFC 9106) by libsodium, off the threads that serve requests.
///
/// One hash takes 19 MiB and about 16 ms of a core; so at most two run at a time, on threads of their own, and a bounded line waits.
package final class PasswordHasher: Sendable {
    /// What one hash costs.
    package struct Cost: Sendable {
        package let passes: UInt64
        /// In bytes.
        package let memory: Int

        package init(passes: UInt64, memory: Int) {
            self.passes = passes
            self.memory = memory
        }

        /// t = 2, m = 19 MiB, p = 1: OWASP's password storage cheat sheet.
        package static let standard = Cost(passes: 2, memory: 19 << 20)
    }

    /// What a password is worth against a stored hash.
    package enum Verdict: Sendable {
        case wrong, right
        /// Right, but hashed at another cost than today's: hash it again.
        case rightButOutdated
    }

    private typealias Job = @Sendable () -> Void

    private struct Line {
        var idle: [DispatchQueue]
        var waiting: [Job] = []
    }

    private enum Place {
        case runs(on: DispatchQueue)
        case waits
        case refused
    }

    private let cost: Cost
    private let waitingLimit: Int
    private let line: Mutex<Line>
    private let computed = Atomic(0)

    /// - Parameter waitingLimit: how many may wait; 32 make the last one wait about a quarter of a second.
    /// - Throws: `PeopleError.passwordsUnavailable`.
    package init(cost: Cost = .standard, waitingLimit: Int = 32) throws(PeopleError) {
        guard Self.isReady else { throw .passwordsUnavailable }
        self.cost = cost
        self.waitingLimit = waitingLimit
        // Serial queues: each brings its own thread, outside the pool that runs the server's tasks.
        line = Mutex(Line(idle: [DispatchQueue(label: "passwords-1"), DispatchQueue(label: "passwords-2")]))
    }

    /// The hash to store, in PHC format with its salt and cost.
    /// - Throws: `PeopleError.busy` when the line is full or memory is short.
    package func hash(_ password: Secret<String>) async throws -> String {
        guard let hash = try await inLine({ hasher in hasher.counted { Argon2.hash(password.reveal(), hasher.cost) } }) else {
            throw PeopleError.busy
        }
        return hash
    }

    /// Compares in constant time. Without a stored hash the answer is `wrong`, after the same work.
    /// - Throws: `PeopleError.busy`.
    package func verify(_ password: Secret<String>, against stored: String?) async throws -> Verdict {
        try await inLine { hasher in
            guard let stored else {
                _ = hasher.counted { Argon2.hash(password.reveal(), hasher.cost) }
                return .wrong
            }
            return hasher.counted { Argon2.verify(password.reveal(), stored, hasher.cost) }
        }
    }

    /// Runs of argon2id so far: what the work of an answer is counted in.
    package var runs: Int { computed.load(ordering: .relaxed) }

    /// `sodium_init` may be called often but must have been called once.
    private static let isReady = sodium_init() >= 0

    private func counted<Value>(_ run: () -> Value) -> Value {
        computed.add(1, ordering: .relaxed)
        return run()
    }

    private func inLine<Value: Sendable>(_ work: @escaping @Sendable (PasswordHasher) -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let job: Job = { continuation.resume(returning: work(self)) }
            switch place(for: job) {
            case .runs(let queue): queue.async { self.run(job, on: queue) }
            case .waits: break
            case .refused: continuation.resume(throwing: PeopleError.busy)
            }
        }
    }

    private func place(for job: @escaping Job) -> Place {
        line.withLock { line in
            if let queue = line.idle.popLast() { return .runs(on: queue) }
            guard line.waiting.count < waitingLimit else { return .refused }
            line.waiting.append(job)
            return .waits
        }
    }

    private func run(_ first: @escaping Job, on queue: DispatchQueue) {
        var next: Job? = first
        while let job = next {
            job()
            next = line.withLock { line in
                if line.waiting.isEmpty {
                    line.idle.append(queue)
                    return nil
                }
                return line.waiting.removeFirst()
            }
        }
    }
}
