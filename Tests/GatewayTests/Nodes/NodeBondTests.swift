import Relay
import Routing
import Storage
import TestSupport
import Testing
import Vocabulary

@testable import Gateway

/// A credential goes only to where it was given for.
struct NodeBondTests {
    private static let secret = NodeCredential(Secret("sk-north-secret"))

    private func faults(_ node: Node, _ change: NodeChange, in world: RoomWorld) async -> [String] {
        do {
            _ = try await world.nodes.change(node.id, change, by: .member(world.cleo))
            return []
        } catch let error as GatewayError {
            return [error.code] + error.faults.map { "\($0.field) \($0.code)" }
        } catch {
            return ["uncoded: \(error)"]
        }
    }

    @Test(
        "another scheme, host or port needs the credential again, from whoever it is",
        arguments: [
            "https://evil.example", "https://north.example:8443", "https://north.example.evil.example", "https://evil.example/anthropic",
            "HTTPS://Evil.Example", "https://203.0.113.7", "https://north.example@evil.example",
        ])
    func moved(url: String) async throws {
        let world = try await RoomWorld()
        let node = try await world.north()
        let told = await faults(node, NodeChange(url: url), in: world)
        // What is no address at all is said to be none.
        #expect(
            told == (url.contains("@") ? ["gateway.node_url", "url user_info"] : ["gateway.node_moved", "credential credential_again"]))
        #expect(world.nodes.nodes(of: world.ada.workspace) == [node])
        #expect(try await world.reopenedNodes().nodes(of: world.ada.workspace) == [node])
    }

    @Test("the same place in other words, another path of it, or another name need nothing")
    func same() async throws {
        let world = try await RoomWorld()
        let node = try await world.north()
        for url in ["HTTPS://NORTH.example:443/", "https://north.example./anthropic", "https://north.example/v1"] {
            #expect(await faults(node, NodeChange(name: "nord", url: url, auth: "bearer"), in: world) == [])
        }
        #expect(try world.nodes.node(node.id, in: world.ada.workspace).credential == Self.secret)
    }

    @Test("with the credential, or without any, a node may move; both are in the audit log")
    func allowed() async throws {
        let world = try await RoomWorld()
        let node = try await world.north()
        let moved = try await world.nodes.change(
            node.id, NodeChange(url: "https://south.example", credential: .set(Self.secret)), by: .member(world.cleo))
        #expect(moved.url.origin == "https://south.example" && moved.credential == Self.secret && moved.accessVersion == 2)
        let bare = try await world.nodes.change(node.id, NodeChange(url: "https://east.example", credential: .set(nil)), by: world.byAda)
        #expect(bare.credential == nil)
        _ = try await world.nodes.change(node.id, NodeChange(url: "https://west.example"), by: world.byAda)
        let lines = try await world.audit.list(for: world.ada, after: nil, limit: 3).items
        #expect(lines.map { $0.changes.map(\.field) } == [["url"], ["url", "credential"], ["url", "credential"]])
        #expect(lines.last?.changes.last == AuditChange(field: "credential", from: "•••", to: "•••"))
        #expect(lines.last?.memberName == "Cleo")
    }

    @Test("more networks need the credential again; fewer do not")
    func widened() async throws {
        let world = try await RoomWorld()
        let node = try await world.north()
        for change in [NodeChange(allowPrivate: true), NodeChange(allowLoopback: true)] {
            #expect(await faults(node, change, in: world) == ["gateway.node_moved", "credential credential_again"])
        }
        let opened = try await world.nodes.change(node.id, NodeChange(credential: .set(Self.secret), allowPrivate: true), by: world.byAda)
        #expect(opened.reach == .privateNetworks)
        let line = try await world.audit.list(for: world.ada, after: nil, limit: 1).items.first
        #expect(line?.changes.map(\.field) == ["allowPrivate", "credential"])
        #expect(await faults(node, NodeChange(allowPrivate: false), in: world) == [])
    }

    @Test("leave for closed addresses does not go along to another address by itself")
    func leave() async throws {
        let world = try await RoomWorld()
        let node = try await world.nodes.create(
            NodeChange(name: "gpu", url: "http://10.0.0.7:8000", allowPrivate: true, allowLoopback: true), by: world.byAda)
        let again = ["gateway.node_moved", "allowPrivate leave_again", "allowLoopback leave_again"]
        #expect(await faults(node, NodeChange(url: "http://10.0.0.8:8000"), in: world) == again)
        #expect(await faults(node, NodeChange(url: "https://gpu.example"), in: world) == again)
        #expect(
            await faults(node, NodeChange(url: "http://10.0.0.8:8000", allowPrivate: true), in: world)
                == again.filter { !$0.contains("Private") })
        let moved = try await world.nodes.change(
            node.id, NodeChange(url: "http://10.0.0.8:8000", allowPrivate: true, allowLoopback: false), by: world.byAda)
        #expect(moved.reach == .privateNetworks)
    }

    @Test("a credential that does not open is bound all the same: it could open again")
    func sealed() async throws {
        let world = try await RoomWorld()
        let node = try await world.north()
        let other = try await Nodes.open(
            database: world.database, clock: world.clock, house: try HouseKey(Secret([UInt8](0..<32))), settings: world.settings,
            logger: .silent)
        #expect(try other.node(node.id, in: world.ada.workspace).needsCredential)
        #expect(
            await gatewayCode { try await other.change(node.id, NodeChange(url: "https://evil.example"), by: world.byAda) }
                == "gateway.node_moved")
    }
}

/// Nodes whose credential does not open.
struct SealedNodeTests {
    @Test("a credential that was moved to another row or damaged does not open: the log names its node, the house starts")
    func unsealable() async throws {
        let world = try await RoomWorld()
        let north = try await world.north()
        let south = try await world.nodes.create(NodeChange(name: "south", url: "https://south.example"), by: world.byAda)
        try await world.database.write { connection in
            _ = try connection.execute(
                "UPDATE node SET credential = (SELECT credential FROM node WHERE id = ?) WHERE id = ?", north.id, south.id)
        }
        let log = CapturedLog()
        let again = try await world.reopenedNodes(logger: log.logger())
        let sealed = try again.node(south.id, in: world.ada.workspace)
        #expect(sealed.credential == nil && sealed.needsCredential && !sealed.isUsable && !sealed.routed.isOn)
        #expect(try again.node(north.id, in: world.ada.workspace).credential?.reveal() == "sk-north-secret")
        #expect(log.lines.count == 1 && log.lines.first?.contains("nodes=south") == true, "\(log.lines)")
        // Other changes leave the row's bytes alone; a new credential mends it.
        _ = try await again.change(south.id, NodeChange(weight: 5), by: world.byAda)
        #expect(try await hasCredential(south.id, in: world))
        let mended = try await again.change(south.id, NodeChange(credential: .set(NodeCredential(Secret("new")))), by: world.byAda)
        #expect(mended.credential?.reveal() == "new" && !mended.needsCredential && mended.accessVersion == 2)
        #expect(try await world.reopenedNodes().node(south.id, in: world.ada.workspace).credential?.reveal() == "new")
    }

    @Test("it can be taken away as well")
    func removed() async throws {
        let world = try await RoomWorld()
        let north = try await world.north()
        try await world.database.write { _ = try $0.execute("UPDATE node SET credential = x'\(String(repeating: "00", count: 40))'") }
        let again = try await world.reopenedNodes()
        let bare = try await again.change(north.id, NodeChange(credential: .set(nil)), by: world.byAda)
        #expect(bare.credential == nil && !bare.needsCredential && bare.isUsable)
        #expect(try await !hasCredential(north.id, in: world))
    }

    private func hasCredential(_ node: NodeID, in world: RoomWorld) async throws -> Bool {
        try await world.database.read {
            try $0.row("SELECT credential IS NOT NULL FROM node WHERE id = ?", node)?.get(0, as: Bool.self) ?? false
        }
    }
}
