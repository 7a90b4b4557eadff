import Synchronization

/// Keeps what happened, in the order in which it was told, from any thread.
package final class Recorder<Entry: Sendable>: Sendable {
    private let kept = Mutex<[Entry]>([])

    package init() {}

    package var entries: [Entry] { kept.withLock { $0 } }

    package func note(_ entry: Entry) {
        kept.withLock { $0.append(entry) }
    }
}
