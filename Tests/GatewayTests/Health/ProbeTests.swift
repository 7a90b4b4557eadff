import NIOCore
import NIOPosix
import Relay
import Routing
import Storage
import Synchronization
import TestSupport
import Testing
import Vocabulary

@testable import Gateway

/// A server that answers every connection with the same bytes, and keeps what it was asked.
private final class PlainNode: Sendable {
    let channel: any Channel
    let heard = Recorder<String>()

    init(_ answer: String) async throws {
        let heard = heard
        channel = try await ServerBootstrap(group: DispatchWorld.group)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Answering(answer, heard)) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    private final class Answering: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let answer: String
        private let heard: Recorder<String>

        init(_ answer: String, _ heard: Recorder<String>) {
            (self.answer, self.heard) = (answer, heard)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            heard.note(String(buffer: Self.unwrapInboundIn(data)))
            let channel = context.channel
            channel.writeAndFlush(ByteBuffer(string: answer)).whenComplete { _ in channel.close(promise: nil) }
        }
    }
}

@Suite("Probes of nodes", .timeLimit(.minutes(4)))
struct ProbeTests {
    private static func http(_ status: Int, _ body: String = "{}", _ more: String = "") -> String {
        "HTTP/1.1 \(status) X\r\nContent-Type: application/json\r\n\(more)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    @Test(
        "find what a node's answer says",
        arguments: [
            (ProbeMethod.api, http(200), Outcome.completed), (.count, http(200), .completed),
            (.api, http(401, Words.error("authentication_error")), .status(401, errorType: "authentication_error")),
            (
                .api, http(429, Words.error("rate_limit_error"), "Retry-After: 9\r\n"),
                .status(429, errorType: "rate_limit_error", retryAfterSeconds: 9)
            ),
            (.api, http(529, "busy"), .status(529)), (.api, "", .brokeBeforeHead),
        ])
    func outcomes(method: ProbeMethod, answer: String, outcome: Outcome) async throws {
        let world = try await DispatchWorld([])
        let server = try await PlainNode(answer)
        let port = server.channel.localAddress?.port ?? 0
        let node = try await world.room.nodes.create(
            NodeChange(
                name: "north", url: "http://127.0.0.1:\(port)", credential: .set(NodeCredential(Secret("sk-secret"))), allowLoopback: true),
            by: world.author)
        let finding = await Probe(client: NodeClient(world.room.connections)).run(method, on: node)
        #expect(finding.outcome == outcome && finding.method == method)
        let asked = try #require(server.heard.entries.first)
        #expect(
            asked.hasPrefix(method == .api ? "POST /v1/messages HTTP/1.1" : "POST /v1/messages/count_tokens") && asked.contains("sk-secret")
        )
        try await server.channel.close()
    }

    @Test(
        "take any answer to HEAD but a server's error for a sign of life: the vendors' roots answer 404 (INC-44)",
        arguments: [200, 404, 405, 429, 500])
    func head(status: Int) async throws {
        let world = try await DispatchWorld([])
        let server = try await PlainNode("HTTP/1.1 \(status) X\r\nContent-Length: 0\r\n\r\n")
        let port = server.channel.localAddress?.port ?? 0
        let node = try await world.room.nodes.create(
            NodeChange(name: "north", url: "http://127.0.0.1:\(port)", allowLoopback: true), by: world.author)
        let finding = await Probe(client: NodeClient(world.room.connections)).run(.head, on: node)
        #expect(finding.isGood == (status < 500) && finding.status == status)
        try await server.channel.close()
    }

    @Test("never show the credential that a node repeats")
    func credential() async throws {
        let world = try await DispatchWorld([])
        let server = try await PlainNode(Self.http(401, #"{"error":{"message":"Incorrect key: sk-secret","type":"x"}}"#))
        let node = try await world.room.nodes.create(
            NodeChange(
                name: "north", url: "http://127.0.0.1:\(server.channel.localAddress?.port ?? 0)",
                credential: .set(NodeCredential(Secret("sk-secret"))), allowLoopback: true), by: world.author)
        let finding = try await world.room.health.test(node.id, in: world.lantern)
        #expect(finding.detail == "Incorrect key: •••")
        let history = try await world.room.health.history(
            of: node.id, in: world.lantern, from: Timestamp(milliseconds: 0), to: world.clock.now() + .seconds(60), after: nil, limit: 10)
        #expect(!history.items.isEmpty && history.items.allSatisfy { !$0.words.contains("sk-secret") })
        try await server.channel.close()
    }

    @Test(
        "are over at once when they are cancelled, and hang up on the node", arguments: [ProbeMethod.api, .count, .head])
    func cancelled(method: ProbeMethod) async throws {
        let world = try await DispatchWorld([])
        let (asked, ended) = (Signal(), Signal())
        try await RawNode.run { peer, _ in
            _ = try await peer.request()
            asked.give()
            try await peer.waitForEnd()
            ended.give()
        } _: { server in
            let node = try await world.room.nodes.create(
                NodeChange(name: "north", url: "http://127.0.0.1:\(server.port)", allowLoopback: true), by: world.author)
            let probe = Probe(client: NodeClient(world.room.connections))
            let probing = Task { await probe.run(method, on: node) }
            await asked.wait()
            let began = ContinuousClock.now
            probing.cancel()
            let finding = await probing.value
            #expect(finding.outcome == .clientLeft && !finding.isGood && finding.cost == 0)
            await ended.wait()
            // Its own patience is 15 s; a busy machine takes a part of that.
            #expect(ContinuousClock.now - began < .seconds(14))
        }
    }

    @Test("find nobody where nobody listens")
    func nobody() async throws {
        let world = try await DispatchWorld([])
        let server = try await PlainNode("")
        let port = server.channel.localAddress?.port ?? 0
        try await server.channel.close()
        let node = try await world.room.nodes.create(
            NodeChange(name: "north", url: "http://127.0.0.1:\(port)", allowLoopback: true), by: world.author)
        let finding = await Probe(client: NodeClient(world.room.connections)).run(.head, on: node)
        #expect(finding.outcome == .notSent(.refused) && !finding.isGood)
    }
}

@Suite("Health that outlives the process", .timeLimit(.minutes(4)))
struct HealthMemoryTests {
    @Test("a node that is dead stays dead after a restart")
    func restart() async throws {
        let world = try await DispatchWorld(["north", "south"])
        let call = world.message()
        call.answer(401, Words.error("authentication_error"))
        call.complete(stream: true)
        #expect(world.node("north")?.state.name == "dead")
        let health = world.room.health
        let listening = Task { await health.listen() }
        let north = try #require(world.room.nodes.nodes(of: world.lantern).first)
        var records: [NodeID: HealthRecord] = [:]
        while records.isEmpty {
            records = try await world.storage.database.read { try HealthStore.records(on: $0) }
            await Task.yield()
        }
        listening.cancel()
        let again = TrafficControl { _ in }
        let reading = Health.reading(world.clock)
        again.replaceNodes(of: world.lantern, with: world.room.nodes.nodes(of: world.lantern), at: reading)
        again.restore(records, of: world.lantern, at: reading)
        let seen = again.snapshot(of: world.lantern, at: reading.moment)?.nodes.first { $0.id == north.id }
        #expect(seen?.state.name == "dead")
    }

    @Test("a node that was out before the restart is asked for the proof that it needs, not for its own cheaper one (INC-11)")
    func cure() async throws {
        let world = try await DispatchWorld([])
        let north = try await world.room.nodes.create(
            NodeChange(name: "north", url: "https://north.example", healthMethod: "head"), by: world.author)
        let south = try await world.room.nodes.create(
            NodeChange(name: "south", url: "https://south.example", healthMethod: "head"), by: world.author)
        let before = Health.reading(world.clock)
        world.room.control.probed(
            north.id, .status(401, errorType: "authentication_error"), evidence: .authorised, of: world.lantern, at: before)
        let record = try #require(world.room.control.record(of: north.id, in: world.lantern, at: before))
        try await world.storage.database.write { try HealthStore.save(record, of: north.id, at: before.wall, on: $0) }
        let health = world.health(TrafficControl { _ in })
        try await health.restore()
        let now = health.now
        let orders = health.state.withLock { state in
            var orders: [ProbeOrder] = []
            for _ in 0..<2 {
                for order in state.schedule.due(at: ClockReading(moment: now.moment + .seconds(70), wall: now.wall)) {
                    orders.append(order)
                    state.schedule.finished(order.node, cost: 0, at: now.moment + .seconds(70), using: &state.random)
                }
            }
            return orders
        }
        let methods = Dictionary(orders.map { ($0.node, $0.method) }, uniquingKeysWith: { first, _ in first })
        #expect(methods == [north.id: .count, south.id: .head])
    }

    @Test("the threshold of failures is the one that is set, now and for nodes that are there")
    func threshold() async throws {
        let world = try await DispatchWorld(["north", "south"], environment: ["GATEWAY_FAIL_THRESHOLD": "1"])
        let call = world.message()
        call.answer(500, Words.error("api_error"))
        #expect(world.node("north")?.state.name != "healthy")
        call.complete(stream: true)
        _ = try await world.room.settings.change(["FAIL_THRESHOLD": "5"], by: world.author)
        world.room.health.revive(world.room.nodes.nodes(of: world.lantern)[0].id, in: world.lantern)
        for _ in 0..<3 {
            let call = world.message(model: "m")
            call.fail(.refused, wasSent: false)
            call.complete(stream: true)
        }
        #expect(world.node("north")?.state.name == "healthy")
    }
}
