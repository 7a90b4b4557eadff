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
        /// The hashes of keys that were presented lately.
        var seen: [PresentedMark: KeyHash] = [:]
    }

    /// A key's use is written down this often at most.
    static let useInterval = Duration.seconds(60)
    /// Keys whose hash is remembered.
    static let seenLimit = 1_024
    private let state = Mutex(State())

    var keys: [GatewayKey] { state.withLock { Array($0.keys.values) } }

    func key(_ id: KeyID) -> GatewayKey? {
        state.withLock { state in state.hashes[id].flatMap { state.keys[$0] } }
    }

    /// Whether the key is there and good. Without copying it.
    func isActive(_ id: KeyID, at now: Timestamp) -> Bool {
        state.withLock { state in
            guard let hash = state.hashes[id], let place = state.keys.index(forKey: hash) else { return false }
            return state.keys.values[place].isActive(at: now)
        }
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
                state.seen = state.seen.filter { $0.value != hash }
                return
            }
            let lastUsedAt = state.keys[hash]?.lastUsedAt
            state.keys[hash] = key
            state.keys[hash]?.lastUsedAt = lastUsedAt ?? key.lastUsedAt
        }
    }

    /// What `use` says of a text whose hash is remembered; nil: it has to be hashed.
    func use(seen mark: PresentedMark, at now: Timestamp) -> Result<GatewayKey, KeyRefusal>? {
        state.withLock { state in
            guard let hash = state.seen[mark] else { return nil }
            return Self.use(hash, at: now, of: &state)
        }
    }

    /// The key of this hash, which counts as used at `now` when it is still good. Only what is a key's is remembered.
    func use(_ hash: KeyHash, markedBy mark: PresentedMark, at now: Timestamp) -> Result<GatewayKey, KeyRefusal> {
        state.withLock { state in
            let found = Self.use(hash, at: now, of: &state)
            guard case .success = found else { return found }
            if state.seen.count >= Self.seenLimit { state.seen.removeAll(keepingCapacity: true) }
            state.seen[mark] = hash
            return found
        }
    }

    private static func use(_ hash: KeyHash, at now: Timestamp, of state: inout State) -> Result<GatewayKey, KeyRefusal> {
        guard let place = state.keys.index(forKey: hash) else { return .failure(.unknown) }
        let key = state.keys.values[place]
        guard key.isActive(at: now) else { return .failure(.expired) }
        state.keys.values[place].lastUsedAt = now
        return .success(key)
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

/// What is remembered of a presented text instead of the text itself: 128 bits of keyed hash (SipHash, with a key of this process). The
/// house's own hash takes a microsecond and a half, for every request; whether the key behind it is still good is asked each time.
struct PresentedMark: Hashable {
    private let first: Int
    private let second: Int

    init(_ text: String) {
        first = Self.hash(1, text)
        second = Self.hash(2, text)
    }

    private static func hash(_ domain: UInt8, _ text: String) -> Int {
        var hasher = Hasher()
        hasher.combine(domain)
        hasher.combine(text)
        return hasher.finalize()
    }

    /// Evenly spread already.
    func hash(into hasher: inout Hasher) {
        hasher.combine(first)
    }
}
