@testable import Gateway
import TestSupport
import Testing
import Vocabulary

struct AuditLogTests {
    private func lines(_ world: RoomWorld, for member: MemberPrincipal? = nil) async throws -> [AuditEntry] {
        try await world.audit.list(for: member ?? world.ada, after: nil, limit: 200).items
    }

    @Test("each change has its line, newest first, with who, what, and from what to what")
    func lines() async throws {
        let world = try await RoomWorld()
        let node = try await world.north()
        _ = try await world.nodes.change(node.id, NodeChange(weight: 5, rateDomain: .set("org-1")), by: .member(world.cleo))
        _ = try await world.nodes.setEnabled(node.id, false, by: .command(in: world.ada.workspace))
        let key = try await world.keys.create(KeyChange(name: "laptop"), by: world.byAda).key
        _ = try await world.keys.revoke(key.id, by: world.byAda)
        try await world.nodes.delete(node.id, by: world.byAda)
        let lines = try await lines(world)
        #expect(lines.map(\.action) == ["node.deleted", "key.revoked", "key.created", "node.disabled", "node.changed", "node.created"])
        #expect(lines.map(\.memberName) == ["Ada", "Ada", "Ada", "", "Cleo", "Ada"])
        #expect(lines.map(\.origin) == [.console, .console, .console, .command, .console, .console])
        #expect(lines[4].member == world.cleo.member && lines[3].member == nil)
        #expect(lines[4].subject == node.id.description && lines[4].name == "north")
        #expect(
            lines[4].changes == [
                AuditChange(field: "weight", from: "100", to: "5"), AuditChange(field: "rateDomain", from: nil, to: "org-1"),
            ])
        #expect(lines[3].changes == [AuditChange(field: "enabled", from: "true", to: "false")])
        #expect(lines[0].changes.contains(AuditChange(field: "url", from: "https://north.example", to: nil)))
    }

    @Test("a secret reads ••• on both sides, and its change is still a change")
    func secrets() async throws {
        let world = try await RoomWorld()
        let node = try await world.north()
        _ = try await world.nodes.change(node.id, NodeChange(credential: .set(NodeCredential(Secret("another")))), by: world.byAda)
        _ = try await world.nodes.change(node.id, NodeChange(credential: .set(nil)), by: world.byAda)
        let changes = try await lines(world).map { line in line.changes.filter { $0.field == "credential" } }
        #expect(
            changes == [
                [AuditChange(field: "credential", from: "•••", to: nil)], [AuditChange(field: "credential", from: "•••", to: "•••")],
                [AuditChange(field: "credential", from: nil, to: "•••")],
            ])
        let stored = try await world.stored()
        #expect(!stored.contains("another") && !stored.contains("sk-north"))
    }

    @Test("what changes nothing, and what is refused, leaves no line")
    func noLine() async throws {
        let world = try await RoomWorld()
        let node = try await world.north()
        let before = try await lines(world).count
        _ = try await world.nodes.change(node.id, NodeChange(name: "north"), by: world.byAda)
        _ = try await world.nodes.change(node.id, NodeChange(credential: .set(NodeCredential(Secret("sk-north-secret")))), by: world.byAda)
        _ = await gatewayCode { try await world.nodes.change(node.id, NodeChange(weight: 0), by: world.byAda) }
        _ = await gatewayCode { try await world.north() }
        _ = try await world.nodes.order([[node.id]], by: world.byAda)
        #expect(try await lines(world).count == before)
    }

    @Test("only admins read it, of their own workspace")
    func walls() async throws {
        let world = try await RoomWorld()
        _ = try await world.north()
        #expect(try await lines(world, for: world.cleo).count == 1)
        #expect(await gatewayCode { try await lines(world, for: world.bo) } == "gateway.forbidden")
        #expect(try await lines(world, for: world.eve).isEmpty)
    }

    @Test("pages go on where the last one ended, also when lines were added meanwhile")
    func pages() async throws {
        let world = try await RoomWorld()
        for number in 1...5 { _ = try await world.north("node \(number)") }
        let first = try await world.audit.list(for: world.ada, after: nil, limit: 2)
        _ = try await world.north("node 6")
        let second = try await world.audit.list(for: world.ada, after: first.next, limit: 2)
        let third = try await world.audit.list(for: world.ada, after: second.next, limit: 2)
        #expect([first, second, third].map { $0.items.map(\.name) } == [["node 5", "node 4"], ["node 3", "node 2"], ["node 1"]])
        #expect(third.next == nil)
        #expect(
            await gatewayCode { try await world.audit.list(for: world.ada, after: Cursor(["x"]), limit: 2) } == "gateway.cursor_invalid")
    }

    @Test("a long value is cut, never refused")
    func longValues() async throws {
        let world = try await RoomWorld()
        let models = (0..<200).map { NodeChange.Model(match: "claude-with-a-rather-long-name-\($0)") }
        _ = try await world.nodes.create(NodeChange(name: "n", url: "https://n.example", models: models), by: world.byAda)
        let shown = try #require(try await lines(world).first?.changes.first { $0.field == "models" }?.to)
        #expect(shown.count == 501 && shown.hasSuffix("…"))
    }
}
