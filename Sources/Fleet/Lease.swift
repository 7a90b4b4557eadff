import Storage
package import Vocabulary

/// Work that one instance does for all: `gateway.health`.
package struct LeaseName: Hashable, Sendable, CustomStringConvertible {
    /// At most 64 characters.
    package let text: String

    package init(_ text: String) {
        self.text = String(text.prefix(64))
    }

    package var description: String { text }
}

/// Who does it.
package struct Lease: Hashable, Sendable {
    package let name: LeaseName
    package let holder: InstanceID
    /// Counted up with each renewal.
    package let renewals: Int64
    /// By the holder's clock, for people.
    package let since: Timestamp
}

/// The SQL of leases.
enum LeaseStore {
    static func all(on connection: any SQLConnection) throws -> [Lease] {
        try connection.rows("SELECT name, holder, renewals, held_since FROM fleet_lease ORDER BY name").map { row in
            Lease(name: LeaseName(try row.get(0)), holder: try row.get(1), renewals: try row.get(2), since: try row.get(3))
        }
    }

    static func holder(of name: LeaseName, on connection: any SQLConnection) throws -> InstanceID? {
        try connection.row("SELECT holder FROM fleet_lease WHERE name = ?", name.text)?.get(0)
    }

    static func renew(_ lease: Lease, on connection: any SQLConnection) throws {
        try connection.execute("UPDATE fleet_lease SET renewals = renewals + 1 WHERE name = ?", lease.name.text)
    }

    static func take(_ name: LeaseName, for holder: InstanceID, at now: Timestamp, on connection: any SQLConnection) throws {
        let taken = try connection.execute(
            "UPDATE fleet_lease SET holder = ?, renewals = renewals + 1, held_since = ? WHERE name = ?", holder, now, name.text)
        guard taken == 0 else { return }
        try connection.execute(
            "INSERT INTO fleet_lease (name, holder, renewals, held_since) VALUES (?, ?, ?, ?)", name.text, holder, Int64(1), now)
    }

    static func giveBack(of holder: InstanceID, on connection: any SQLConnection) throws {
        try connection.execute("DELETE FROM fleet_lease WHERE holder = ?", holder)
    }
}
