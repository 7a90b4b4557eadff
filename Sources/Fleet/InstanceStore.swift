import Storage
import Vocabulary

/// The SQL of instances.
enum InstanceStore {
    private static let columns = "id, name, version, started_at, seen_at, beats"

    /// In the order of their starts.
    static func all(on connection: any SQLConnection) throws -> [Instance] {
        try connection.rows("SELECT \(columns), left_at FROM fleet_instance ORDER BY id").map { row in
            Instance(
                id: try row.get(0), name: try row.get(1), version: try row.get(2), startedAt: try row.get(3), seenAt: try row.get(4),
                beats: try row.get(5), hasLeft: try row.get(6, as: Timestamp?.self) != nil)
        }
    }

    /// - Returns: false when it was not there any more, and is again.
    static func beat(_ instance: Instance, at now: Timestamp, on connection: any SQLConnection) throws -> Bool {
        let known = try connection.execute("UPDATE fleet_instance SET seen_at = ?, beats = beats + 1 WHERE id = ?", now, instance.id)
        guard known == 0 else { return true }
        try connection.execute(
            "INSERT INTO fleet_instance (\(columns)) VALUES (?, ?, ?, ?, ?, ?)", instance.id, instance.name, instance.version,
            instance.startedAt, now, Int64(1))
        return false
    }

    static func vouch(for id: InstanceID, on connection: any SQLConnection) throws {
        try connection.execute("UPDATE fleet_instance SET beats = beats + 1 WHERE id = ?", id)
    }

    /// Only if it has given no sign of life since `beats`.
    static func forget(_ id: InstanceID, after beats: Int64, on connection: any SQLConnection) throws -> Bool {
        try connection.execute("DELETE FROM fleet_instance WHERE id = ? AND beats = ?", id, beats) > 0
    }

    static func leave(_ id: InstanceID, at now: Timestamp, on connection: any SQLConnection) throws {
        try connection.execute("UPDATE fleet_instance SET left_at = ? WHERE id = ?", now, id)
    }
}
