import Relay
import Routing
import Storage
import Vocabulary

/// Nodes in the database, with their credentials sealed for their ids.
struct NodeStore {
    let house: HouseKey

    private static let columns = """
        id, workspace_id, name, url, family, provider, auth, credential, priority, position, weight, is_enabled, is_draining, max_concurrency,
        health_method, health_model, rate_domain, cache_domain, allow_private, allow_loopback, created_at, version, access_version
        """

    /// - Throws: `GatewayError.nodeNameTaken`.
    func insert(_ node: Node, on connection: any SQLConnection) throws {
        let values = try values(of: node)
        let marks = Array(repeating: "?", count: values.count).joined(separator: ", ")
        try Self.named { try connection.execute("INSERT INTO node (\(Self.columns)) VALUES (\(marks))", values) }
        try insertModels(of: node, on: connection)
    }

    /// - Parameter keepsCredential: the stored one stays as it is, opened or not.
    /// - Throws: `GatewayError.nodeNameTaken`.
    func update(_ node: Node, keepsCredential: Bool, on connection: any SQLConnection) throws {
        let names = Self.columns.split { $0 == "," || $0.isWhitespace }.map(String.init)
        let fields = zip(names, try values(of: node)).filter { name, _ in name != "id" && !(keepsCredential && name == "credential") }
        let assignments = fields.map { "\($0.0) = ?" }.joined(separator: ", ")
        try Self.named {
            try connection.execute("UPDATE node SET \(assignments) WHERE id = ?", fields.map(\.1) + [node.id.sqlValue])
        }
        try connection.execute("DELETE FROM node_model WHERE node_id = ?", node.id)
        try insertModels(of: node, on: connection)
    }

    static func place(_ id: NodeID, priority: Int, position: Int, version: Int, on connection: any SQLConnection) throws {
        try connection.execute(
            "UPDATE node SET priority = ?, position = ?, version = ? WHERE id = ?", priority, position, version, id)
    }

    /// With everything that hangs on it.
    static func delete(_ id: NodeID, on connection: any SQLConnection) throws {
        for table in ["node_model", "node_health", "node_history", "owned_object"] {
            try connection.execute("DELETE FROM \(table) WHERE node_id = ?", id)
        }
        try connection.execute("INSERT INTO departed_node (id, name) SELECT id, name FROM node WHERE id = ?", id)
        try connection.execute("DELETE FROM node WHERE id = ?", id)
    }

    func node(_ id: NodeID, in workspace: WorkspaceID, on connection: any SQLConnection) throws -> Node? {
        try connection.row("SELECT \(Self.columns) FROM node WHERE id = ? AND workspace_id = ?", id, workspace).map { row in
            try node(from: row, models: try Self.models("WHERE node_id = ?", [id.sqlValue], on: connection))
        }
    }

    /// In routing order.
    func nodes(of workspace: WorkspaceID, on connection: any SQLConnection) throws -> [Node] {
        let models = try Self.models("WHERE node_id IN (SELECT id FROM node WHERE workspace_id = ?)", [workspace.sqlValue], on: connection)
        return try connection.rows(
            "SELECT \(Self.columns) FROM node WHERE workspace_id = ? ORDER BY priority, position, id", workspace
        ).map { try node(from: $0, models: models) }
    }

    static func workspaces(on connection: any SQLConnection) throws -> [WorkspaceID] {
        try connection.rows("SELECT DISTINCT workspace_id FROM node").map { try $0.get(0) }
    }

    private static func named(_ body: () throws -> Int) throws {
        do {
            _ = try body()
        } catch StorageError.duplicate(let constraint) where constraint.contains("name") {
            throw GatewayError.nodeNameTaken
        }
    }

    private func insertModels(of node: Node, on connection: any SQLConnection) throws {
        for (position, model) in node.models.enumerated() {
            try connection.execute(
                "INSERT INTO node_model (node_id, position, pattern, target) VALUES (?, ?, ?, ?)", node.id, position, model.match.text,
                model.to)
        }
    }

    private static func models(
        _ condition: String, _ arguments: [SQLValue], on connection: any SQLConnection
    ) throws -> [NodeID: [NodeModel]] {
        var models: [NodeID: [NodeModel]] = [:]
        let rows = try connection.rows(
            "SELECT node_id, pattern, target FROM node_model \(condition) ORDER BY node_id, position", arguments)
        for row in rows {
            guard let pattern = ModelPattern(try row.get(1, as: String.self)) else { continue }
            models[try row.get(0), default: []].append(NodeModel(match: pattern, to: try row.get(2)))
        }
        return models
    }

    private func values(of node: Node) throws -> [SQLValue] {
        let sealed = try node.credential.map { try house.seal(Secret($0.reveal()), for: node.id.description) }
        let columns: [any SQLConvertible] = [
            node.id, node.workspace, node.name, node.url.text, node.family.text, node.provider, node.auth.rawValue, sealed, node.priority,
            node.position, node.weight, node.isEnabled, node.isDraining, node.maxConcurrency, node.healthMethod.rawValue, node.healthModel,
            node.rateDomain, node.cacheDomain, node.reach.contains(.privateNetworks), node.reach.contains(.loopback), node.createdAt,
            node.version, node.accessVersion,
        ]
        return columns.map(\.sqlValue)
    }

    private func node(from row: Row, models: [NodeID: [NodeModel]]) throws -> Node {
        let id: NodeID = try row.get(0)
        let reach = try Self.reach(from: row)
        guard let family = RoutedFamily(text: try row.get(4)), let auth = NodeAuth(rawValue: try row.get(6)),
            let method = HealthMethod(rawValue: try row.get(14))
        else { throw StorageError.unexpectedValue(column: 4, wanted: "Node") }
        let sealed: [UInt8]? = try row.get(7)
        let credential = sealed.flatMap { try? house.open($0, for: id.description) }.map(NodeCredential.init)
        return Node(
            id: id, workspace: try row.get(1), name: try row.get(2), url: try NodeURL(stored: try row.get(3)), family: family,
            provider: try row.get(5), auth: auth, credential: credential, priority: try row.get(8), position: try row.get(9),
            weight: try row.get(10), isEnabled: try row.get(11), isDraining: try row.get(12), maxConcurrency: try row.get(13),
            models: models[id] ?? [], healthMethod: method, healthModel: try row.get(15), rateDomain: try row.get(16),
            cacheDomain: try row.get(17), reach: reach, createdAt: try row.get(20), version: try row.get(21),
            accessVersion: try row.get(22), needsCredential: sealed != nil && credential == nil)
    }

    private static func reach(from row: Row) throws -> AddressReach {
        let privateNetworks: AddressReach = try row.get(18, as: Bool.self) ? .privateNetworks : []
        return try row.get(19, as: Bool.self) ? privateNetworks.union(.loopback) : privateNetworks
    }
}

extension NodeURL {
    /// As it was stored. A rule that became stricter must not keep the house from starting: the relay still checks each address it dials.
    fileprivate init(stored text: String) throws(NodeURLFault) {
        try self.init(text, reach: [.loopback, .privateNetworks])
    }
}
