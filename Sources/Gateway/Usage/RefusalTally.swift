import Vocabulary

/// Which refused requests get a row and which are only counted. A value without clock or lock.
struct RefusalTally {
    /// How many of one key, reason and minute get a row.
    static let listed = 10
    /// Kinds of refusals in memory at once; what is beyond is counted without its key.
    private static let most = 4_096

    private struct Kind: Hashable {
        var workspace: ULID?
        var key: ULID?
        var code: String
        var minute: Timestamp
    }

    private struct Entry {
        var listed = 0
        var waiting: Int64 = 0
    }

    private var entries: [Kind: Entry] = [:]

    /// True when `refusal` is to get a row; else it has been counted.
    mutating func list(_ refusal: RequestRefusal, in minute: Timestamp) -> Bool {
        let kind = place(Self.kind(refusal, minute))
        guard entries[kind, default: Entry()].listed < Self.listed else {
            entries[kind, default: Entry()].waiting += 1
            return false
        }
        entries[kind, default: Entry()].listed += 1
        return true
    }

    /// Counts one for which there was no room.
    mutating func count(_ refusal: RequestRefusal, in minute: Timestamp) {
        entries[place(Self.kind(refusal, minute)), default: Entry()].waiting += 1
    }

    /// Puts back what could not be written.
    mutating func add(_ count: RefusalCount) {
        let kind = Kind(workspace: count.workspace, key: count.key, code: count.code, minute: count.minute)
        entries[place(kind), default: Entry()].waiting += count.count
    }

    /// The counts that are not written yet, which they count as from here on. Forgets minutes that are over.
    mutating func take(now minute: Timestamp) -> [RefusalCount] {
        var counts: [RefusalCount] = []
        for (kind, entry) in entries where entry.waiting > 0 {
            counts.append(
                RefusalCount(workspace: kind.workspace, key: kind.key, code: kind.code, minute: kind.minute, count: entry.waiting))
            entries[kind]?.waiting = 0
        }
        entries = entries.filter { $0.key.minute >= minute }
        return counts
    }

    private static func kind(_ refusal: RequestRefusal, _ minute: Timestamp) -> Kind {
        Kind(workspace: refusal.workspace?.ulid, key: refusal.key?.ulid, code: refusal.code, minute: minute)
    }

    private func place(_ kind: Kind) -> Kind {
        guard entries.count >= Self.most, entries[kind] == nil else { return kind }
        return Kind(workspace: nil, key: nil, code: "gateway.other", minute: kind.minute)
    }
}
