import Routing
import Synchronization
import Vocabulary

/// The active keys by their keyed hash: what every request asks, without the database.
final class KeyIndex: Sendable {
    private struct State {
        var keys: [KeyHash: GatewayKey] = [:]
        var hashes: [KeyID: KeyHash] = [:]
        /// When the use of a key was last written down.
        var noted: [KeyID: Timestamp] = [:]
    }

    /// A key's use is written down this often at most.
    static let useInterval = Duration.seconds(60)
    private let state = Mutex(State())

    var keys: [GatewayKey] { state.withLock { Array($0.keys.values) } }

    func key(_ id: KeyID) -> GatewayKey? {
        state.withLock { state in state.hashes[id].flatMap { state.keys[$0] } }
    }

    func add(_ key: GatewayKey, hash: KeyHash) {
        state.withLock { state in
            state.keys[hash] = key
            state.hashes[key.id] = hash
        }
    }

    /// Takes a change over; a revoked key leaves. When it was last used is known better here than in the database.
    func take(_ key: GatewayKey) {
        state.withLock { state in
            guard let hash = state.hashes[key.id] else { return }
            guard key.revokedAt == nil else {
                state.keys[hash] = nil
                state.hashes[key.id] = nil
                state.noted[key.id] = nil
                return
            }
            let lastUsedAt = state.keys[hash]?.lastUsedAt
            state.keys[hash] = key
            state.keys[hash]?.lastUsedAt = lastUsedAt ?? key.lastUsedAt
        }
    }

    /// The key of this hash, which counts as used at `now` when it is still good.
    func use(_ hash: KeyHash, at now: Timestamp) -> Result<GatewayKey, KeyRefusal> {
        state.withLock { state in
            guard let key = state.keys[hash] else { return .failure(.unknown) }
            guard key.isActive(at: now) else { return .failure(.expired) }
            state.keys[hash]?.lastUsedAt = now
            return .success(key)
        }
    }

    /// Uses that are due to be written down, which then count as written.
    func takeUses() -> [(KeyID, Timestamp)] {
        state.withLock { state in
            let due = state.keys.values.compactMap { key -> (KeyID, Timestamp)? in
                guard let used = key.lastUsedAt, state.noted[key.id].map({ $0 + Self.useInterval <= used }) ?? true else { return nil }
                return (key.id, used)
            }
            for (id, time) in due { state.noted[id] = time }
            return due
        }
    }

    /// What the database knows already.
    func noteUses() {
        state.withLock { state in
            for key in state.keys.values { state.noted[key.id] = key.lastUsedAt }
        }
    }
}
