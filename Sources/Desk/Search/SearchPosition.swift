import Storage
import Vocabulary

/// How far a workspace's index is.
struct SearchPosition: Hashable, Sendable {
    let workspace: WorkspaceID
    /// Small and the workspace's own: it stands in its words.
    let number: Int64
    /// Up to here the feed is in the index.
    var feed: Int64
    /// Where the walk through what was there before stands; nil when it is at its end.
    var earlier: Walk?
    /// Conversations of that walk that are done, and how many there were when it began.
    var done: Int64
    var before: Int64
    /// Counted up with each step: two indexers can't both make the same.
    let moves: Int64

    /// Through the open conversations first, the newest first: what is most likely looked for is there soonest.
    struct Walk: Hashable, Sendable {
        var isResolved = false
        /// Behind this time and id.
        var time = Int64.max
        var conversation = ""

        var text: String { "\(isResolved ? "resolved" : "open") \(time) \(conversation)" }

        init() {}

        /// Nil for what `text` did not write.
        init?(text: String) {
            let parts = text.split(separator: " ", omittingEmptySubsequences: false)
            guard parts.count == 3, let status = parts.first, let time = parts.dropFirst().first.flatMap({ Int64($0) }),
                let conversation = parts.last
            else { return nil }
            isResolved = status == "resolved"
            self.time = time
            self.conversation = String(conversation)
        }
    }

    /// What has to be walked through again: the feed was forgotten before it was read.
    func startingAnew(at feed: Int64, of conversations: Int64) -> SearchPosition {
        SearchPosition(
            workspace: workspace, number: number, feed: feed, earlier: Walk(), done: 0, before: conversations, moves: moves)
    }
}

/// Positions in the database.
enum SearchPositionStore {
    private static let columns = "workspace_id, number, feed_seq, earlier, threads_done, threads_before, moves"

    static func position(of workspace: WorkspaceID, on connection: any SQLConnection) throws -> SearchPosition? {
        try connection.row("SELECT \(columns) FROM search_position WHERE workspace_id = ?", workspace).map { row in
            SearchPosition(
                workspace: try row.get(0), number: try row.get(1), feed: try row.get(2),
                earlier: try row.get(3, as: String?.self).map { SearchPosition.Walk(text: $0) ?? SearchPosition.Walk() },
                done: try row.get(4), before: try row.get(5), moves: try row.get(6))
        }
    }

    /// A workspace's first position: everything is still to be walked through.
    static func begin(_ workspace: WorkspaceID, on connection: any SQLConnection) throws {
        let number: Int64 = try connection.row("SELECT COALESCE(MAX(number), 0) + 1 FROM search_position")?.get(0) ?? 1
        let first = SearchPosition(workspace: workspace, number: number, feed: 0, earlier: nil, done: 0, before: 0, moves: 0)
            .startingAnew(
                at: try FeedStore.top(of: workspace, on: connection), of: try conversations(of: workspace, on: connection))
        try connection.execute(
            "INSERT INTO search_position (\(columns)) VALUES (?, ?, ?, ?, ?, ?, ?)", workspace, number, first.feed, first.earlier?.text,
            first.done, first.before, first.moves)
    }

    static func conversations(of workspace: WorkspaceID, on connection: any SQLConnection) throws -> Int64 {
        try connection.row("SELECT COUNT(*) FROM conversation WHERE workspace_id = ?", workspace)?.get(0) ?? 0
    }

    /// - Returns: false when another indexer made a step since `position` was read.
    static func move(_ position: SearchPosition, on connection: any SQLConnection) throws -> Bool {
        try connection.execute(
            """
            UPDATE search_position SET feed_seq = ?, earlier = ?, threads_done = ?, threads_before = ?, moves = moves + 1
                WHERE workspace_id = ? AND moves = ?
            """, position.feed, position.earlier?.text, position.done, position.before, position.workspace, position.moves) == 1
    }

    /// The workspaces that have something to be indexed, with how many numbers of their feed that is.
    static func behind(on connection: any SQLConnection) throws -> [(workspace: WorkspaceID, changes: Int64)] {
        try connection.rows(
            """
            SELECT f.workspace_id, f.last_seq - COALESCE(p.feed_seq, 0) FROM feed_counter f
                LEFT JOIN search_position p ON p.workspace_id = f.workspace_id
                WHERE p.workspace_id IS NULL OR p.feed_seq < f.last_seq OR p.earlier IS NOT NULL ORDER BY f.workspace_id
            """
        ).map { (try $0.get(0), try $0.get(1)) }
    }
}
