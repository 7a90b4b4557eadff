@testable import Gateway
import Relay
import Routing
import TestSupport
import Testing
import Vocabulary

struct FirstNodeTests {
    private func first(_ world: RoomWorld, url: String? = nil, credential: String? = nil, name: String? = nil) async throws -> Node? {
        try await world.nodes.firstFromEnvironment(
            url: url, credential: credential.map { Secret($0) }, name: name, in: world.ada.workspace)
    }

    @Test("the predecessor's settings make a first node, once")
    func once() async throws {
        let world = try await RoomWorld()
        let node = try #require(try await first(world, url: "https://north.example/", credential: "sk-1", name: "north"))
        #expect(node.name == "north" && node.url.text == "https://north.example" && node.credential?.reveal() == "sk-1")
        #expect(node.family == .anthropic && node.reach == [])
        #expect(try await first(world, url: "https://north.example/", credential: "sk-1", name: "north") == nil)
        #expect(world.nodes.nodes(of: world.ada.workspace) == [node])
        let line = try #require(try await world.audit.list(for: world.ada, after: nil, limit: 10).items.first)
        #expect(line.action == "node.created" && line.origin == .environment && line.member == nil)
    }

    @Test("two processes that start at once make one node")
    func race() async throws {
        let world = try await RoomWorld()
        let other = try await world.reopenedNodes()
        _ = try await first(world, url: "https://north.example")
        #expect(
            try await other.firstFromEnvironment(url: "https://north.example", credential: nil, name: nil, in: world.ada.workspace) == nil)
        #expect(other.nodes(of: world.ada.workspace).count == 1)
    }

    @Test("without settings there is no node; with a credential alone it is Anthropic's own; empty texts count as none")
    func defaults() async throws {
        let world = try await RoomWorld()
        #expect(try await first(world) == nil)
        #expect(try await first(world, url: "", credential: "", name: "north") == nil)
        let node = try #require(try await first(world, url: "", credential: "sk-ant", name: ""))
        #expect(node.url.text == "https://api.anthropic.com" && node.name == "default")
    }

    @Test(
        "the address opens the least that it needs",
        arguments: [
            ("http://127.0.0.1:9000", AddressReach.loopback), ("http://localhost:9000", .loopback), ("http://10.0.0.7", .privateNetworks),
            ("http://ollama:11434", .privateNetworks), ("https://north.example", AddressReach()),
        ])
    func reach(url: String, reach: AddressReach) async throws {
        let world = try await RoomWorld()
        #expect(try await first(world, url: url)?.reach == reach)
    }

    @Test("an address that is none is refused with its reason", arguments: ["http://north.example", "http://169.254.169.254", "north"])
    func refused(url: String) async throws {
        let world = try await RoomWorld()
        #expect(await gatewayCode { try await first(world, url: url) } == "gateway.node_url")
    }
}
