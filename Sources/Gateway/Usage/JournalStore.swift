import Fleet
import Storage
import Vocabulary

/// The SQL of journals that several instances write into one database.
enum JournalStore {
    /// The journal is this instance's from now on. One that comes from a house of one instance brings its place and its open requests along.
    /// - Parameter hasPast: there are segments in its folder.
    /// - Returns: who had it before.
    @discardableResult
    static func claim(_ id: JournalID, for holder: InstanceID, hasPast: Bool, on connection: any SQLConnection) throws -> InstanceID? {
        if let row = try connection.row("SELECT holder FROM gateway_journal WHERE id = ?", id) {
            try connection.execute("UPDATE gateway_journal SET holder = ? WHERE id = ?", holder, id)
            return try row.get(0)
        }
        let old = hasPast ? try LedgerStore.position(of: nil, on: connection) : nil
        try connection.execute(
            "INSERT INTO gateway_journal (id, holder, segment, place, sweeps) VALUES (?, ?, ?, ?, 0)", id, holder,
            old.map { Int64(clamping: $0.segment) }, old?.offset)
        guard old != nil else { return nil }
        try connection.execute("DELETE FROM gateway_ledger")
        try connection.execute("UPDATE gateway_request SET journal_id = ? WHERE status = 'open' AND journal_id IS NULL", id)
        return nil
    }

    /// How often somebody else has ended what was open in it.
    static func sweeps(of id: JournalID, on connection: any SQLConnection) throws -> Int64 {
        try connection.row("SELECT sweeps FROM gateway_journal WHERE id = ?", id)?.get(0) ?? 0
    }

    static func position(of id: JournalID, on connection: any SQLConnection) throws -> JournalPosition? {
        let row = try connection.row("SELECT segment, place FROM gateway_journal WHERE id = ? AND segment IS NOT NULL", id)
        guard let row else { return nil }
        return JournalPosition(segment: UInt64(clamping: try row.get(0, as: Int64.self)), offset: try row.get(1))
    }

    /// - Throws: `LedgerError.swept` when somebody else has meanwhile ended what was open in it: what was to be written with it is not.
    static func save(_ position: JournalPosition, of journal: JournalHold, on connection: any SQLConnection) throws {
        let saved = try connection.execute(
            "UPDATE gateway_journal SET segment = ?, place = ? WHERE id = ? AND sweeps = ?", Int64(clamping: position.segment),
            position.offset, journal.id, journal.sweeps)
        guard saved > 0 else { throw LedgerError.swept }
    }

    /// Journals of instances that are forgotten.
    static func orphans(on connection: any SQLConnection) throws -> [JournalID] {
        let members = try FleetRoom.members(on: connection)
        return try connection.rows("SELECT id, holder FROM gateway_journal").compactMap { row in
            members.contains(try row.get(1)) ? nil : try row.get(0)
        }
    }

    static func noteSweep(of id: JournalID, on connection: any SQLConnection) throws {
        try connection.execute("UPDATE gateway_journal SET sweeps = sweeps + 1 WHERE id = ?", id)
    }
}

/// A journal as its mover has it: good as long as nobody else has ended what was open in it.
struct JournalHold: Hashable, Sendable {
    let id: JournalID
    var sweeps: Int64
}
