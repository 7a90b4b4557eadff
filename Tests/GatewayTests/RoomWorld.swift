@testable import Gateway
import Logging
import Relay
import Routing
import Storage
import TestSupport
import Vocabulary

/// Workspace Lantern with Ada (owner), Cleo (admin) and Bo (agent), and Eve, owner of another workspace, on a real database.
struct RoomWorld {
    let clock = ManualClock()
    let storage: TemporaryDatabase
    let house: HouseKey
    let settings: GatewaySettings
    let keys: GatewayKeys
    let nodes: Nodes
    let prices: Prices
    let audit: AuditLog
    let keyChanges = Recorder<GatewayKey>()
    let nodeChanges = Recorder<NodesChange>()
    let tunings = Recorder<GatewayTuning>()
    let ada: MemberPrincipal
    let cleo: MemberPrincipal
    let bo: MemberPrincipal
    let eve: MemberPrincipal

    var database: any HouseDatabase { storage.database }
    var byAda: Author { .member(ada) }
    var byEve: Author { .member(eve) }

    init(environment: [String: String] = [:]) async throws {
        let clock = clock
        let storage = try await TemporaryDatabase.open(schemas: [GatewaySchema.schema], clock: clock)
        let lantern = WorkspaceID.make(at: clock.now())
        ada = Self.member("Ada", .owner, of: lantern, at: clock.now())
        cleo = Self.member("Cleo", .admin, of: lantern, at: clock.now())
        bo = Self.member("Bo", .agent, of: lantern, at: clock.now())
        eve = Self.member("Eve", .owner, of: .make(at: clock.now()), at: clock.now())
        self.storage = storage
        house = try await HouseKey.open(setting: nil, directory: storage.directory.path, database: storage.database, clock: clock).key
        let (keyChanges, nodeChanges, tunings) = (keyChanges, nodeChanges, tunings)
        settings = try await GatewaySettings.open(
            database: storage.database, clock: clock, environment: environment, isFirst: { $0 == lantern }, changes: { tunings.note($0) })
        keys = try await GatewayKeys.open(database: storage.database, clock: clock, house: house, changes: { keyChanges.note($0) })
        nodes = try await Nodes.open(
            database: storage.database, clock: clock, house: house, settings: settings, logger: .silent, changes: { nodeChanges.note($0) })
        prices = try await Prices.open(database: storage.database, clock: clock)
        audit = AuditLog(database: storage.database)
    }

    private static func member(_ name: String, _ role: Role, of workspace: WorkspaceID, at now: Timestamp) -> MemberPrincipal {
        MemberPrincipal(member: .make(at: now), workspace: workspace, session: .make(at: now), role: role, name: name)
    }

    /// What a house that starts again on the same database knows.
    func reopenedNodes(logger: Logger = .silent) async throws -> Nodes {
        try await Nodes.open(database: database, clock: clock, house: house, settings: settings, logger: logger)
    }

    func reopenedKeys() async throws -> GatewayKeys {
        try await GatewayKeys.open(database: database, clock: clock, house: house)
    }

    /// The node *north*, with a credential.
    func north(_ name: String = "north", by author: Author? = nil) async throws -> Node {
        try await nodes.create(
            NodeChange(name: name, url: "https://north.example", credential: .set(NodeCredential(Secret("sk-north-secret")))),
            by: author ?? byAda)
    }

    /// All that the database holds, as text.
    func stored() async throws -> String {
        try await database.read { connection in
            try [
                "gateway_key", "node", "node_model", "price_entry", "gateway_setting", "gateway_audit", "gateway_audit_change", "house_key",
            ]
            .flatMap { table in try connection.rows("SELECT * FROM \(table)").map { "\($0.values)" } }.joined(separator: "\n")
        }
    }
}

/// The code of the error that `body` throws; "none" when it does not, so that a comparison fails with both words in it.
func gatewayCode(of body: () async throws -> some Any) async -> String {
    do {
        _ = try await body()
        return "none"
    } catch let error as GatewayError {
        return error.code
    } catch {
        return "uncoded: \(error)"
    }
}

/// The fields that `body` is refused for.
func faultyFields(of body: () async throws -> some Any) async -> [String] {
    do {
        _ = try await body()
        return []
    } catch let error as GatewayError {
        return error.faults.map(\.field)
    } catch {
        return ["uncoded: \(error)"]
    }
}
