import Storage
import Synchronization
import Vocabulary

/// How often passwords may be tried: counted in this process, or, where several share the database, there, for all of them together.
final class SignInGate: Sendable {
    private let limiter: Mutex<SignInLimiter>
    /// The same rules, knowing nothing.
    private let rules: SignInLimiter
    /// Nil in a process that has the database for itself.
    private let shared: (any Database)?

    init(_ limiter: SignInLimiter, shared: (any Database)? = nil) {
        self.limiter = Mutex(limiter)
        rules = limiter.empty
        self.shared = shared
    }

    /// - Throws: `PeopleError.tooManyTries`; `StorageError` where the tries are counted in the database.
    func admit(_ email: EmailAddress?, from device: Device, at now: Timestamp) async throws {
        let block = AddressBlock(device.address)
        guard let shared else {
            return try refuse(for: limiter.withLock { $0.admit(email, from: block, at: now) })
        }
        // Looked at before anything is written: a flood of what is refused must not take the others' turns to write.
        let rules = rules
        let known = try await shared.read { try SignInTimes.moments(named: SignInLimiter.names(of: email, from: block), on: $0) }
        try refuse(for: rules.knowing(known, of: email, from: block, at: now).wait)
        try refuse(for: await change(email, block, at: now, in: shared) { $0.admit(email, from: block, at: now) })
    }

    /// - Throws: `StorageError` where the tries are counted in the database.
    func succeeded(_ email: EmailAddress, from device: Device, at now: Timestamp) async throws {
        let block = AddressBlock(device.address)
        guard let shared else { return limiter.withLock { $0.succeeded(email, from: block, at: now) } }
        try await change(email, block, at: now, in: shared) { $0.succeeded(email, from: block, at: now) }
    }

    private func refuse(for wait: Duration?) throws(PeopleError) {
        if let wait { throw .tooManyTries(retryAfter: wait) }
    }

    /// Asks a limiter that knows what the database knows, and keeps what it knows then.
    private func change<Answer: Sendable>(
        _ email: EmailAddress?, _ block: AddressBlock, at now: Timestamp, in shared: any Database,
        _ ask: @escaping @Sendable (inout SignInLimiter) -> Answer
    ) async throws -> Answer {
        let rules = rules
        return try await shared.write { connection in
            let known = try SignInTimes.moments(named: SignInLimiter.names(of: email, from: block), on: connection)
            var limiter = rules.knowing(known, of: email, from: block, at: now).limiter
            let answer = ask(&limiter)
            var moments = limiter.moments(of: email, from: block, at: now)
            // What has passed by now is no longer named by the limiter, but still kept.
            for (name, moment) in known where moments[name] == nil && moment > now { moments[name] = now }
            try SignInTimes.store(moments.filter { known[$0.key] != $0.value }, on: connection)
            try SignInTimes.forget(before: now, on: connection)
            return answer
        }
    }
}

extension SignInLimiter {
    /// This limiter with what is known of one try, and how long that try would have to wait.
    fileprivate func knowing(
        _ moments: [String: Timestamp], of email: EmailAddress?, from block: AddressBlock, at now: Timestamp
    ) -> (limiter: SignInLimiter, wait: Duration?) {
        var limiter = self
        limiter.learn(moments, of: email, from: block, at: now)
        var asked = limiter
        return (limiter, asked.admit(email, from: block, at: now))
    }
}
