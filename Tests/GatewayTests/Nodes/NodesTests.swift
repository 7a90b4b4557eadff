@testable import Gateway
import Relay
import Routing
import Storage
import TestSupport
import Testing
import Vocabulary

struct NodesTests {
    @Test("a new node takes its defaults by family")
    func defaults() async throws {
        let world = try await RoomWorld()
        let north = try await world.north()
        #expect(north.family == .anthropic && north.auth == .apiKey && north.provider == "anthropic")
        #expect(north.healthMethod == .api && north.healthModel == "claude-haiku-4-5-20251001")
        #expect(north.priority == 1 && north.weight == 100 && north.isEnabled && !north.isDraining && north.maxConcurrency == nil)
        #expect(north.version == 1 && north.accessVersion == 1 && north.reach == [])
        #expect(north.target == NodeTarget(host: "north.example", port: 443, isSecure: true))
        #expect(north.modelMap.servesAll)
        let south = try await world.nodes.create(NodeChange(name: "south", url: "https://south.example", family: "openai"), by: world.byAda)
        #expect(south.family == .openAI && south.auth == .bearer && south.provider == "openai" && south.healthMethod == .count)
        #expect(south.credential == nil)
    }

    @Test("the environment says how new nodes are probed, where they don't say it themselves")
    func defaultMethod() async throws {
        let world = try await RoomWorld(environment: ["PROXY_HEALTH_CHECK_MODE": "head"])
        #expect(try await world.north().healthMethod == .head)
        let draft = NodeChange(name: "south", url: "https://south.example", healthMethod: "cli")
        #expect(try await world.nodes.create(draft, by: world.byAda).healthMethod == .cli)
    }

    @Test("a node outlives the process with everything, its credential sealed in the database")
    func survives() async throws {
        let world = try await RoomWorld()
        let draft = NodeChange(
            name: "north 北", url: "https://north.example:8443/anthropic", provider: "anthropic-eu", auth: "bearer",
            credential: .set(NodeCredential(Secret("sk-north-secret"))), priority: 7, weight: 3, isEnabled: false, isDraining: true,
            maxConcurrency: .set(20), models: [.init(match: "claude-*"), .init(match: "fast", to: "claude-haiku-4-5")],
            healthMethod: "count",
            healthModel: "claude-opus-5", rateDomain: .set("org-1"), cacheDomain: .set("ws-1"), allowPrivate: true, allowLoopback: true)
        let node = try await world.nodes.create(draft, by: world.byAda)
        let again = try await world.reopenedNodes()
        #expect(again.nodes(of: world.ada.workspace) == [node])
        #expect(node.credential?.reveal() == "sk-north-secret")
        #expect(node.modelMap.serves("fast") == "claude-haiku-4-5" && node.modelMap.serves("claude-x") == "claude-x")
        #expect(node.modelMap.serves("gpt-5") == nil)
        #expect(node.reach == [.loopback, .privateNetworks] && node.url.prefix == "/anthropic")
        #expect(node.routed.rateDomain == "org-1" && node.routed.priority == 7 && !node.routed.isOn)
        #expect("\(node)".contains("sk-north") == false)
        let stored = try await world.stored()
        #expect(stored.contains("north 北") && stored.contains("•••"))
        #expect(!stored.contains("sk-north-secret") && !stored.contains("\([UInt8]("sk-north-secret".utf8))".dropFirst().dropLast()))
    }

    @Test("what is absent stays, the credential above all; what is empty is emptied; versions tell what changed")
    func change() async throws {
        let world = try await RoomWorld()
        let node = try await world.nodes.create(
            NodeChange(
                name: "north", url: "https://north.example", credential: .set(NodeCredential(Secret("secret"))), maxConcurrency: .set(5),
                rateDomain: .set("org-1")), by: world.byAda)
        let renamed = try await world.nodes.change(node.id, NodeChange(name: "nord"), by: .member(world.cleo))
        #expect(renamed.name == "nord" && renamed.credential?.reveal() == "secret" && renamed.maxConcurrency == 5)
        #expect(renamed.version == 2 && renamed.accessVersion == 1)
        let emptied = try await world.nodes.change(
            node.id, NodeChange(credential: .set(nil), maxConcurrency: .set(nil), rateDomain: .set(nil)), by: world.byAda)
        #expect(emptied.credential == nil && emptied.maxConcurrency == nil && emptied.rateDomain == nil)
        #expect(emptied.version == 3 && emptied.accessVersion == 2)
        let moved = try await world.nodes.change(node.id, NodeChange(url: "https://south.example"), by: world.byAda)
        #expect(moved.accessVersion == 3)
        #expect(try await world.nodes.change(node.id, NodeChange(name: "nord"), by: world.byAda).version == moved.version)
        #expect(try await world.reopenedNodes().nodes(of: world.ada.workspace) == [moved])
    }

    @Test("a node whose address a narrower reach forbids can't be left there, but it can always be switched off")
    func narrowing() async throws {
        let world = try await RoomWorld()
        let node = try await world.nodes.create(NodeChange(name: "gpu", url: "http://10.0.0.7:8000", allowPrivate: true), by: world.byAda)
        #expect(
            await gatewayCode { try await world.nodes.change(node.id, NodeChange(allowPrivate: false), by: world.byAda) }
                == "gateway.node_url")
        try await world.database.write { _ = try $0.execute("UPDATE node SET allow_private = 0") }
        #expect(try await world.nodes.setEnabled(node.id, false, by: world.byAda).isEnabled == false)
    }

    @Test(
        "what makes no sense is refused field by field",
        arguments: [
            (NodeChange(), ["name", "url"]), (NodeChange(name: "x", url: "http://x.example"), ["url"]),
            (NodeChange(name: "", url: "https://x.example"), ["name"]),
            (NodeChange(name: "x", url: "https://x.example", family: "google"), ["family"]),
            (NodeChange(name: "x", url: "https://x.example", provider: "a b", auth: "basic"), ["auth", "provider"]),
            (
                NodeChange(name: "x", url: "https://x.example", priority: 0, weight: 10_001, maxConcurrency: .set(0)),
                ["priority", "weight", "maxConcurrency"]
            ),
            (NodeChange(name: "x", url: "https://x.example", healthMethod: "ping", healthModel: "a b"), ["healthMethod", "healthModel"]),
            (NodeChange(name: "x", url: "https://x.example", rateDomain: .set(""), cacheDomain: .set("é")), ["rateDomain", "cacheDomain"]),
            (
                NodeChange(
                    name: "x", url: "https://x.example", models: [.init(match: "a"), .init(match: ""), .init(match: "b", to: "c*")]),
                ["models[1].match", "models[2].to"]
            ),
            (NodeChange(name: "x", url: "https://x.example", models: Array(repeating: .init(match: "a"), count: 201)), ["models"]),
            (NodeChange(name: "x", url: "https://x.example", credential: .set(NodeCredential(Secret("a\r\nx-evil: 1")))), ["credential"]),
            (NodeChange(name: "x", url: "https://x.example", credential: .set(NodeCredential(Secret("")))), ["credential"]),
            (
                NodeChange(
                    name: "x", url: "https://x.example", credential: .set(NodeCredential(Secret(String(repeating: "k", count: 4_097))))),
                ["credential"]
            ),
        ])
    func invalid(draft: NodeChange, fields: [String]) async throws {
        let world = try await RoomWorld()
        #expect(await faultyFields { try await world.nodes.create(draft, by: world.byAda) } == fields)
        #expect(world.nodes.all.isEmpty && world.nodeChanges.entries.isEmpty)
    }

    @Test("names are unique per workspace")
    func names() async throws {
        let world = try await RoomWorld()
        let north = try await world.north()
        #expect(await gatewayCode { try await world.north() } == "gateway.node_name_taken")
        _ = try await world.north(by: world.byEve)
        let south = try await world.north("south")
        #expect(
            await gatewayCode { try await world.nodes.change(south.id, NodeChange(name: "north"), by: world.byAda) }
                == "gateway.node_name_taken")
        try await world.nodes.delete(north.id, by: world.byAda)
        _ = try await world.north()
    }

    @Test("agents change nothing, and nobody reaches a node of another workspace")
    func walls() async throws {
        let world = try await RoomWorld()
        let node = try await world.north()
        let bo = Author.member(world.bo)
        #expect(await gatewayCode { try await world.north("x", by: bo) } == "gateway.forbidden")
        #expect(await gatewayCode { try await world.nodes.change(node.id, NodeChange(name: "x"), by: bo) } == "gateway.forbidden")
        #expect(await gatewayCode { try await world.nodes.delete(node.id, by: bo) } == "gateway.forbidden")
        #expect(await gatewayCode { try await world.nodes.order([[node.id]], by: bo) } == "gateway.forbidden")
        #expect(
            await gatewayCode { try await world.nodes.change(node.id, NodeChange(name: "x"), by: world.byEve) } == "gateway.node_not_found")
        #expect(await gatewayCode { try await world.nodes.setEnabled(node.id, false, by: world.byEve) } == "gateway.node_not_found")
        #expect(await gatewayCode { try await world.nodes.delete(node.id, by: world.byEve) } == "gateway.node_not_found")
        #expect(await gatewayCode { try world.nodes.node(node.id, in: world.eve.workspace) } == "gateway.node_not_found")
        #expect(await faultyFields { try await world.nodes.order([[node.id]], by: world.byEve) } == ["groups"])
        #expect(world.nodes.nodes(of: world.eve.workspace).isEmpty)
        #expect(world.nodes.nodes(of: world.ada.workspace) == [node])
    }

    @Test("groups become priorities 1, 2, … and name every node exactly once")
    func order() async throws {
        let world = try await RoomWorld()
        let (a, b, c) = (try await world.north("a"), try await world.north("b"), try await world.north("c"))
        let ordered = try await world.nodes.order([[c.id, a.id], [b.id]], by: world.byAda)
        #expect(ordered.map(\.name) == ["c", "a", "b"])
        #expect(ordered.map(\.priority) == [1, 1, 2])
        #expect(try await world.reopenedNodes().nodes(of: world.ada.workspace) == ordered)
        for groups in [
            [[a.id, b.id]], [[a.id, b.id, c.id], []], [[a.id, a.id, b.id, c.id]], [], [[a.id, b.id, .make(at: world.clock.now())]],
        ] {
            #expect(await faultyFields { try await world.nodes.order(groups, by: world.byAda) } == ["groups"])
        }
        let changed = try await world.nodes.change(c.id, NodeChange(priority: 2), by: world.byAda)
        #expect(changed.priority == 2)
        #expect(world.nodes.nodes(of: world.ada.workspace).map(\.name) == ["a", "b", "c"])
    }

    @Test("whoever counts on nodes hears of each change after its commit, with all of the workspace in order")
    func changes() async throws {
        let world = try await RoomWorld()
        let north = try await world.north()
        world.clock.advance(by: .milliseconds(1))
        let south = try await world.north("south")
        _ = try await world.nodes.setDraining(north.id, true, by: world.byAda)
        _ = try await world.nodes.order([[south.id], [north.id]], by: world.byAda)
        try await world.nodes.delete(north.id, by: world.byAda)
        let heard = world.nodeChanges.entries
        #expect(heard.map(\.subject) == [north.id, south.id, north.id, nil, north.id])
        #expect(
            heard.map { $0.nodes.map(\.name) } == [["north"], ["north", "south"], ["north", "south"], ["south", "north"], ["south"]])
        #expect(heard.allSatisfy { $0.workspace == world.ada.workspace })
        #expect(heard.map { $0.nodes.contains(where: \.isDraining) } == [false, false, true, true, false])
    }

    @Test("a deleted node takes its health, its history and its objects along")
    func deletion() async throws {
        let world = try await RoomWorld()
        let node = try await world.north()
        let owners = ResourceOwners(database: world.database, clock: world.clock, logger: .silent)
        try await owners.note("msgbatch_1", .batch, at: node.id, in: world.ada.workspace)
        try await world.database.write { connection in
            _ = try connection.execute(
                "INSERT INTO node_health (node_id, state, times, access_version, changed_at) VALUES (?, 'healthy', 0, 1, 1)", node.id)
            _ = try connection.execute(
                "INSERT INTO node_history (node_id, seq, at, from_state, to_state, code, words, source) VALUES (?, 1, 1, 'a', 'b', '', '', 'probe')",
                node.id)
        }
        try await world.nodes.delete(node.id, by: world.byAda)
        #expect(try await owners.node(of: "msgbatch_1", .batch, in: world.ada.workspace) == nil)
        #expect(await gatewayCode { try await world.nodes.delete(node.id, by: world.byAda) } == "gateway.node_not_found")
        #expect(try await world.reopenedNodes().all.isEmpty)
    }

    @Test("a thousand nodes are the most that a workspace has")
    func tooMany() async throws {
        let world = try await RoomWorld()
        let template = try await world.north()
        try await world.database.write { connection in
            for number in 1..<Nodes.most {
                try NodeStore(house: world.house).insert(template.copy(number, at: world.clock.now()), on: connection)
            }
        }
        #expect(await gatewayCode { try await world.north("one more") } == "gateway.too_many")
        #expect(try await world.reopenedNodes().nodes(of: world.ada.workspace).count == 1_000)
    }
}

extension Node {
    /// The same under another name.
    fileprivate func copy(_ number: Int, at now: Timestamp) -> Node {
        Node(
            id: .make(at: now), workspace: workspace, name: "node \(number)", url: url, family: family, provider: provider, auth: auth,
            credential: credential, priority: priority, position: position, weight: weight, isEnabled: isEnabled, isDraining: isDraining,
            maxConcurrency: maxConcurrency, models: models, healthMethod: healthMethod, healthModel: healthModel, rateDomain: rateDomain,
            cacheDomain: cacheDomain, reach: reach, createdAt: now, version: 1, accessVersion: 1)
    }
}
