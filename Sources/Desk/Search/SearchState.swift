package import Storage
package import Vocabulary

/// How far the search's index is, for whoever watches over the house.
package struct SearchState: Hashable, Sendable {
    /// Numbers of all feeds that are not in the index.
    package let changes: Int64
    /// Since when the oldest of them waits; nil for none.
    package let oldest: Timestamp?
    /// Conversations that were there when the index was begun and are not in it yet.
    package let earlier: Int64

    package static func read(on connection: any SQLConnection) throws -> SearchState {
        var (changes, earlier, oldest) = (Int64(0), Int64(0), Timestamp?.none)
        for (workspace, count) in try SearchPositionStore.behind(on: connection) {
            let position = try SearchPositionStore.position(of: workspace, on: connection)
            let first: Timestamp? = try connection.row(
                "SELECT at FROM feed WHERE workspace_id = ? AND seq > ? ORDER BY seq LIMIT 1", workspace, position?.feed ?? 0)?.get(0)
            changes += count
            earlier += position.map { $0.earlier == nil ? 0 : max(1, $0.before - $0.done) } ?? 0
            if let first { oldest = min(oldest ?? first, first) }
        }
        return SearchState(changes: changes, oldest: oldest, earlier: earlier)
    }
}
