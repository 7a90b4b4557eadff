import Storage
import Vocabulary

/// Workspaces in the database.
enum WorkspaceStore {
    static func insert(_ workspace: Workspace, on connection: any SQLConnection) throws {
        try connection.execute(
            "INSERT INTO workspace (id, name, created_at) VALUES (?, ?, ?)", workspace.id, workspace.name, workspace.createdAt)
    }

    /// The oldest first.
    static func all(on connection: any SQLConnection) throws -> [Workspace] {
        try connection.rows("SELECT id, name, created_at FROM workspace ORDER BY created_at, id").map {
            Workspace(id: try $0.get(0), name: try $0.get(1), createdAt: try $0.get(2))
        }
    }

    static func workspace(_ id: WorkspaceID, on connection: any SQLConnection) throws -> Workspace? {
        try connection.row("SELECT id, name, created_at FROM workspace WHERE id = ?", id).map {
            Workspace(id: try $0.get(0), name: try $0.get(1), createdAt: try $0.get(2))
        }
    }
}
