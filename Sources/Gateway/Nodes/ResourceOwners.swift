package import Routing
package import Storage
package import Vocabulary

/// Which node has a batch or a file, and whose it is: the ids are the provider's, and one workspace must never reach another's.
package struct ResourceOwners: Sendable {
    /// What kind of thing an id names.
    package enum Kind: String, Sendable, SQLConvertible {
        case batch, file
    }

    let database: any Database
    let clock: any WallClock

    package init(database: any Database, clock: any WallClock) {
        self.database = database
        self.clock = clock
    }

    /// Notes what a node made. Twice is once; ids over 200 bytes, which no provider makes, are not kept.
    package func note(_ id: String, _ kind: Kind, at node: NodeID, in workspace: WorkspaceID) async throws {
        guard (1...200).contains(id.utf8.count) else { return }
        let now = clock.now()
        try await database.write { connection in
            guard try Self.owner(of: id, kind, in: workspace, on: connection) == nil else { return }
            try connection.execute(
                "INSERT INTO resource_owner (workspace_id, kind, id, node_id, created_at) VALUES (?, ?, ?, ?, ?)", workspace, kind, id,
                node,
                now)
        }
    }

    /// The node that has it; nil when it is not this workspace's.
    package func node(of id: String, _ kind: Kind, in workspace: WorkspaceID) async throws -> NodeID? {
        try await database.read { connection in try Self.owner(of: id, kind, in: workspace, on: connection) }
    }

    /// The node that has this workspace's newest one: where lists are asked for.
    func latestNode(_ kind: Kind, in workspace: WorkspaceID) async throws -> NodeID? {
        try await database.read { connection in
            try connection.row(
                "SELECT node_id FROM resource_owner WHERE workspace_id = ? AND kind = ? ORDER BY created_at DESC, id DESC LIMIT 1",
                workspace, kind
            )?.get(0)
        }
    }

    /// Those of `ids` that are the workspace's.
    func owned(_ ids: [String], _ kind: Kind, in workspace: WorkspaceID) async throws -> Set<String> {
        try await database.read { connection in
            try ids.reduce(into: []) { owned, id in
                if try Self.owner(of: id, kind, in: workspace, on: connection) != nil { owned.insert(id) }
            }
        }
    }

    /// Forgets what was deleted.
    package func forget(_ id: String, _ kind: Kind, in workspace: WorkspaceID) async throws {
        try await database.write { connection in
            try connection.execute("DELETE FROM resource_owner WHERE workspace_id = ? AND kind = ? AND id = ?", workspace, kind, id)
        }
    }

    private static func owner(of id: String, _ kind: Kind, in workspace: WorkspaceID, on connection: any SQLConnection) throws -> NodeID? {
        try connection.row("SELECT node_id FROM resource_owner WHERE workspace_id = ? AND kind = ? AND id = ?", workspace, kind, id)?.get(0)
    }
}
