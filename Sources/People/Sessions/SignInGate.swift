import Synchronization
import Vocabulary

/// The one limiter of the process, behind its lock.
final class SignInGate: Sendable {
    private let limiter: Mutex<SignInLimiter>

    init(_ limiter: SignInLimiter) {
        self.limiter = Mutex(limiter)
    }

    /// - Throws: `PeopleError.tooManyTries`.
    func admit(_ email: EmailAddress?, from device: Device, at now: Timestamp) throws(PeopleError) {
        let block = AddressBlock(device.address)
        if let wait = limiter.withLock({ $0.admit(email, from: block, at: now) }) { throw .tooManyTries(retryAfter: wait) }
    }

    func succeeded(_ email: EmailAddress, from device: Device, at now: Timestamp) {
        let block = AddressBlock(device.address)
        limiter.withLock { $0.succeeded(email, from: block, at: now) }
    }
}
