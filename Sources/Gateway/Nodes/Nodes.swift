package import Bus
package import Logging
package import Routing
package import Storage
import Synchronization
package import Vocabulary

/// The nodes of all workspaces: kept in memory, credentials opened, for the requests that choose among them.
///
/// What memory holds is always what the last commit left; it changes before the caller of a change hears of it.
package final class Nodes: Sendable {
    /// What a workspace may have.
    package static let most = 1_000
    let database: any Database
    let clock: any WallClock
    let store: NodeStore
    let settings: GatewaySettings
    private let logger: Logger
    let changes: @Sendable (NodesChange) -> Void
    let announce: @Sendable (Bell) -> Void
    let snapshots = Mutex<[WorkspaceID: [Node]]>([:])

    /// Reads all nodes.
    /// - Parameters:
    ///   - announce: told of what this instance changed, on the database's writer: it must return at once.
    ///   - changes: told after each change, whoever made it, in the order of the commits, likewise.
    package static func open(
        database: any Database, clock: any WallClock, house: HouseKey, settings: GatewaySettings, logger: Logger,
        changes: @escaping @Sendable (NodesChange) -> Void = { _ in }, announce: @escaping @Sendable (Bell) -> Void = { _ in }
    ) async throws -> Nodes {
        let nodes = Nodes(
            database: database, clock: clock, house: house, settings: settings, logger: logger, announce: announce, changes: changes)
        try await nodes.load()
        return nodes
    }

    private init(
        database: any Database, clock: any WallClock, house: HouseKey, settings: GatewaySettings, logger: Logger,
        announce: @escaping @Sendable (Bell) -> Void, changes: @escaping @Sendable (NodesChange) -> Void
    ) {
        self.database = database
        self.clock = clock
        store = NodeStore(house: house)
        self.settings = settings
        self.logger = logger
        self.announce = announce
        self.changes = changes
    }

    private func load() async throws {
        let all = try await database.read { [store] connection in
            try NodeStore.workspaces(on: connection).map { ($0, try store.nodes(of: $0, on: connection)) }
        }
        snapshots.withLock { $0 = Dictionary(uniqueKeysWithValues: all) }
        let sealed = all.flatMap(\.1).filter(\.needsCredential)
        guard !sealed.isEmpty else { return }
        logger.error(
            "nodes are asked for nothing until their credential is entered again: the house's key does not open what is stored",
            metadata: [
                "nodes": "\(sealed.map(\.name).joined(separator: ", "))", "how": "switchboard node change --name … --credential-env …",
            ])
    }

    /// A workspace's nodes in routing order. Never blocks on I/O.
    package func nodes(of workspace: WorkspaceID) -> [Node] {
        snapshots.withLock { $0[workspace] } ?? []
    }

    /// All nodes by workspace.
    package var all: [WorkspaceID: [Node]] { snapshots.withLock { $0 } }

    /// - Throws: `GatewayError.nodeNotFound`, also for a node of another workspace.
    package func node(_ id: NodeID, in workspace: WorkspaceID) throws(GatewayError) -> Node {
        guard let node = nodes(of: workspace).first(where: { $0.id == id }) else { throw .nodeNotFound }
        return node
    }

    /// - Parameter draft: name and URL are needed.
    /// - Throws: `GatewayError.forbidden`, `.invalid`, `.nodeURL`, `.nodeNameTaken`, `.tooMany`.
    package func create(_ draft: NodeChange, by author: Author) async throws -> Node {
        try author.require(.admin)
        let node = try made(draft, by: author)
        try await write(node.id, by: author) { [store, now = clock.now()] connection in
            try Self.insert(node, by: author, at: now, with: store, on: connection)
        }
        return try self.node(node.id, in: author.workspace)
    }

    /// - Throws: `GatewayError.forbidden`, `.nodeNotFound`, `.invalid`, `.nodeURL`, `.nodeMoved`, `.nodeNameTaken`.
    package func change(_ id: NodeID, _ change: NodeChange, by author: Author) async throws -> Node {
        try author.require(.admin)
        let now = clock.now()
        try await write(id, by: author) { [store] connection in
            guard let before = try store.node(id, in: author.workspace, on: connection) else { throw GatewayError.nodeNotFound }
            var node = try before.applying(change)
            if node.priority != before.priority { node.position = Self.most }
            guard node.version != before.version else { return }
            try store.update(node, keepsCredential: change.credential == .keep, on: connection)
            try AuditLog.write(
                Self.action(change), on: id.description, named: node.name,
                changes: node.auditChanges(since: before, in: change), by: author, at: now, on: connection)
        }
        return try node(id, in: author.workspace)
    }

    /// Gives it requests again, or none.
    package func setEnabled(_ id: NodeID, _ isEnabled: Bool, by author: Author) async throws -> Node {
        try await change(id, NodeChange(isEnabled: isEnabled), by: author)
    }

    /// Lets it finish what it has and gives it nothing new, or ends that.
    package func setDraining(_ id: NodeID, _ isDraining: Bool, by author: Author) async throws -> Node {
        try await change(id, NodeChange(isDraining: isDraining), by: author)
    }

    /// With its health and history; the ledger keeps what it did.
    /// - Throws: `GatewayError.forbidden`, `.nodeNotFound`.
    package func delete(_ id: NodeID, by author: Author) async throws {
        try author.require(.admin)
        let now = clock.now()
        try await write(id, by: author) { [store] connection in
            guard let node = try store.node(id, in: author.workspace, on: connection) else { throw GatewayError.nodeNotFound }
            try NodeStore.delete(id, on: connection)
            try AuditLog.write(
                "node.deleted", on: id.description, named: node.name, changes: AuditChange.between(node.auditFields, and: []), by: author,
                at: now, on: connection)
        }
    }

    /// Priorities 1, 2, … by group.
    /// - Parameter groups: every node of the workspace exactly once; no empty group.
    /// - Throws: `GatewayError.forbidden`, `.invalid`.
    package func order(_ groups: [[NodeID]], by author: Author) async throws -> [Node] {
        try author.require(.admin)
        let now = clock.now()
        try await write(nil, by: author) { [store] connection in
            let nodes = try store.nodes(of: author.workspace, on: connection)
            try Self.check(groups, name: nodes.map(\.id))
            for (priority, group) in zip(1..., groups) {
                for (position, id) in group.enumerated() {
                    guard let node = nodes.first(where: { $0.id == id }) else { continue }
                    try Self.place(node, priority, position, by: author, at: now, on: connection)
                }
            }
        }
        return nodes(of: author.workspace)
    }
}

/// What a change of nodes left.
package struct NodesChange: Sendable {
    package let workspace: WorkspaceID
    /// All of the workspace, in routing order.
    package let nodes: [Node]
    /// The node that was made, changed or deleted; nil when the order changed.
    package let subject: NodeID?
}
