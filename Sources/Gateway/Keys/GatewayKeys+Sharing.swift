import Storage
import Vocabulary

extension GatewayKeys {
    /// Takes over what other instances have made, changed and revoked; requests that run by a key that has ended, end.
    func readAgain() async throws {
        try await database.write({ try KeyStore.active(on: $0) }, committed: { [self] in take($0.filter { !$0.key.isLost }) })
    }

    private func take(_ stored: [(hash: KeyHash, key: GatewayKey)]) {
        let known = Dictionary(index.keys.map { ($0.id, $0) }) { first, _ in first }
        for (hash, key) in stored {
            guard let old = known[key.id] else {
                index.add(key, hash: hash)
                changes(key)
                continue
            }
            guard !key.isSame(as: old) else { continue }
            index.take(key)
            changes(key)
        }
        let left = Set(stored.map(\.key.id))
        for old in known.values where !left.contains(old.id) {
            var ended = old
            ended.revokedAt = clock.now()
            index.take(ended)
            changes(ended)
        }
    }
}

extension GatewayKey {
    /// But for when it was last used, which every instance knows better of itself.
    fileprivate func isSame(as other: GatewayKey) -> Bool {
        var (one, two) = (self, other)
        (one.lastUsedAt, two.lastUsedAt) = (nil, nil)
        return one == two
    }
}
