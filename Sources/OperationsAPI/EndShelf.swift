import Crashes
import Synchronization

/// Certificates as they are shown, read once: what the coroner has written never changes again.
final class EndShelf: Sendable {
    private let store: CrashStore
    private let known = Mutex<[String: Certificate]>([:])

    init(store: CrashStore) {
        self.store = store
    }

    var refusal: Refusal? { store.lastRefusal }

    /// The newest first.
    func all() -> [Certificate] {
        let ids = store.ids
        known.withLock { kept in
            let present = Set(ids)
            kept = kept.filter { present.contains($0.key) }
        }
        return ids.prefix(50).compactMap { certificate($0) }
    }

    func certificate(_ id: String) -> Certificate? {
        if let kept = known.withLock({ $0[id] }) { return kept }
        if let written = store.written(id) {
            known.withLock { $0[id] = written }
            return written
        }
        return store.certificate(id)
    }
}

extension Certificate {
    /// What makes two ends alike: the same place in the code, or the same verdict.
    var kind: String { crash?.signature ?? "\(cause.rawValue) \(exitCode ?? 0) \(stage.map { $0.number } ?? -1)" }
}
