import Fleet
import Storage
import Synchronization
import Vocabulary

/// Workers that had this data directory before and have let the database go: the one that this one takes over from, and those before it that
/// still carry streams (`UnbookedNote`). They can give no sign of life any more, and yet hold a part of keys' limits.
///
/// In a house of one instance there is nobody to tell.
final class EarlierWorkers: Sendable {
    private let note: UnbookedNote
    private let duty: SharedDuty
    private let database: any Database
    private let known: Mutex<Set<InstanceID>>

    init(of ledger: Ledger, duty: SharedDuty, database: any Database) {
        note = UnbookedNote(folder: ledger.journal.folder)
        self.duty = duty
        self.database = database
        known = Mutex(ledger.earlier.map { [$0] } ?? [])
    }

    /// A sign of life for each: as long as they carry streams the others count what they hold.
    func vouch() async throws {
        for instance in instances() { try await duty.vouch(for: instance) }
    }

    /// What they held is free at once, instead of when the fleet forgets them: they have ended, their connections with them, and what they wrote
    /// is booked.
    func free() async throws {
        let instances = instances()
        guard !instances.isEmpty else { return }
        try await database.write { connection in
            for instance in instances { try ShareStore.takeOver(instance, on: connection) }
        }
    }

    /// Whoever was seen once is remembered: its note goes before the others have counted what it came to.
    private func instances() -> [InstanceID] {
        guard let own = duty.instance else { return [] }
        let noted = note.instances()
        return known.withLock { known in
            known.formUnion(noted)
            known.remove(own)
            return known.sorted { $0.description < $1.description }
        }
    }
}
