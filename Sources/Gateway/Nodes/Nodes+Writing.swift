import Bus
import Relay
import Routing
import Storage
import Synchronization
import Vocabulary

extension Nodes {
    /// Runs a change; memory has it, and `changes` is told, before the caller hears of it.
    func write(_ subject: NodeID?, by author: Author, _ body: @escaping @Sendable (any SQLConnection) throws -> Void) async throws {
        let workspace = author.workspace
        try await database.write(
            { [store] connection in
                try body(connection)
                try ChangeMarks.note(.nodes, on: connection)
                return try store.nodes(of: workspace, on: connection)
            },
            committed: { [self] nodes in
                snapshots.withLock { $0[workspace] = nodes }
                changes(NodesChange(workspace: workspace, nodes: nodes, subject: subject))
                announce(.nodesChanged)
            })
    }

    /// Takes over what other instances have changed.
    func readAgain() async throws {
        try await database.write(
            { [store] connection in
                try NodeStore.workspaces(on: connection).map { ($0, try store.nodes(of: $0, on: connection)) }
            },
            committed: { [self] stored in
                let stored = Dictionary(stored) { first, _ in first }
                let before = snapshots.withLock { snapshots in
                    defer { snapshots = stored }
                    return snapshots
                }
                for workspace in Set(before.keys).union(stored.keys) where stored[workspace] ?? [] != before[workspace] ?? [] {
                    changes(NodesChange(workspace: workspace, nodes: stored[workspace] ?? [], subject: nil))
                }
            })
    }

    /// A new node from its draft, not stored yet.
    /// - Throws: `GatewayError.invalid`, `.nodeURL`.
    func made(_ draft: NodeChange, by author: Author) throws(GatewayError) -> Node {
        let now = clock.now()
        var missing = FaultList()
        if draft.name == nil { missing.add(GatewayFault("name", "missing", "Give it a name.")) }
        if draft.url == nil { missing.add(GatewayFault("url", "missing", NodeURLFault.malformed.explanation)) }
        try missing.check()
        let family = draft.family.flatMap(RoutedFamily.init(text:)) ?? .anthropic
        let blank = try Node.blank(.make(at: now), in: author.workspace, family: family, method: settings.current.healthMethod, at: now)
        var node = try blank.applying(draft)
        node.position = Self.most
        (node.version, node.accessVersion) = (1, 1)
        return node
    }

    static func insert(_ node: Node, by author: Author, at now: Timestamp, with store: NodeStore, on connection: any SQLConnection) throws {
        try store.insert(node, on: connection)
        guard try store.nodes(of: author.workspace, on: connection).count <= most else {
            throw GatewayError.tooMany(what: "nodes", limit: most)
        }
        try AuditLog.write(
            "node.created", on: node.id.description, named: node.name, changes: AuditChange.between([], and: node.auditFields), by: author,
            at: now, on: connection)
    }

    static func place(
        _ node: Node, _ priority: Int, _ position: Int, by author: Author, at now: Timestamp, on connection: any SQLConnection
    ) throws {
        guard node.priority != priority || node.position != position else { return }
        try NodeStore.place(node.id, priority: priority, position: position, version: node.version + 1, on: connection)
        guard node.priority != priority else { return }
        let change = AuditChange(field: "priority", from: String(node.priority), to: String(priority))
        try AuditLog.write(
            "node.changed", on: node.id.description, named: node.name, changes: [change], by: author, at: now, on: connection)
    }

    static func check(_ groups: [[NodeID]], name nodes: [NodeID]) throws(GatewayError) {
        let named = groups.joined()
        guard named.count == nodes.count, Set(named) == Set(nodes), !groups.contains(where: \.isEmpty) else {
            throw .invalid([
                GatewayFault("groups", "incomplete", "Name every node of the workspace exactly once, in groups that are not empty.")
            ])
        }
    }

    /// What the audit log calls a change.
    static func action(_ change: NodeChange) -> String {
        if let isEnabled = change.isEnabled, change == NodeChange(isEnabled: isEnabled) {
            return isEnabled ? "node.enabled" : "node.disabled"
        }
        if let isDraining = change.isDraining, change == NodeChange(isDraining: isDraining) {
            return isDraining ? "node.draining" : "node.undrained"
        }
        return "node.changed"
    }
}
