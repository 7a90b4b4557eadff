import Synchronization

/// The inputs that this worker refuses because their like has killed workers before it. Told by the supervisor; forgotten with the worker.
package final class Quarantine: Sendable {
    /// The process's own: the supervisor's orders reach every door through it.
    package static let shared = Quarantine()

    /// More than this many kinds of input held back would be no quarantine but a closed house; the oldest is let go.
    static let limit = 64

    private struct Held {
        let fingerprint: UInt64
        let incident: String
    }

    /// How many are held, so that nearly every input is let through by one look at one word.
    private let count = Atomic<Int>(0)
    private let held = Mutex<[Held]>([])

    package init() {}

    /// Refuses such inputs from now on.
    /// - Parameter incident: what the supervisor calls it; goes to clients and logs. At most 64 harmless characters are kept.
    package func hold(_ fingerprint: UInt64, incident: String) {
        guard fingerprint != 0 else { return }
        let incident = String(incident.unicodeScalars.filter { (0x21..<0x7F).contains($0.value) && $0 != "\"" && $0 != "\\" }.prefix(64))
        held.withLock { held in
            held.removeAll { $0.fingerprint == fingerprint }
            held.append(Held(fingerprint: fingerprint, incident: incident))
            if held.count > Self.limit { held.removeFirst() }
            count.store(held.count, ordering: .releasing)
        }
    }

    /// Lets everything through again.
    package func release() {
        held.withLock { held in
            held = []
            count.store(0, ordering: .releasing)
        }
    }

    /// The incident for which such an input is held back; nil: it may pass.
    package func incident(of fingerprint: UInt64) -> String? {
        guard count.load(ordering: .relaxed) != 0 else { return nil }
        return held.withLock { held in held.first { $0.fingerprint == fingerprint }?.incident }
    }

    /// How many kinds of input are held back.
    package var size: Int { count.load(ordering: .relaxed) }

    /// The supervisor's order: `<fingerprint hex> [<incident>]`. False when it is none.
    package func obey(_ order: String) -> Bool {
        let words = order.split(separator: " ", maxSplits: 1)
        guard let first = words.first, (1...16).contains(first.utf8.count), let fingerprint = UInt64(first, radix: 16) else { return false }
        hold(fingerprint, incident: words.count > 1 ? String(words[1]) : String(first))
        return fingerprint != 0
    }
}
