import NIOCore
import NIOHTTP1
import Relay
import Routing
import Testing
import Vocabulary

@testable import Gateway

/// Where a request can be when something ends it.
enum Stage: String, CaseIterable {
    case gathering, waiting, asking, dialling, headHeard, startHeld, pinged, committed

    /// A call that has come this far.
    func reach(in world: DispatchWorld) async throws -> Call {
        switch self {
        case .gathering:
            let call = world.call()
            call.tell(.opened)
            return call
        case .waiting: return world.message()
        case .asking:
            let call = world.call(.GET, "/v1/models")
            call.tell(.opened)
            return call
        case .dialling: return world.message()
        case .headHeard, .startHeld, .pinged, .committed:
            let call = world.message()
            call.beginStream()
            if self != .headHeard { call.body(Words.start) }
            if self == .pinged { call.pass(.ping) }
            if self == .committed { call.body(Words.content) }
            return call
        }
    }
}

@Suite("A request that is ended from outside", .timeLimit(.minutes(2)))
struct DispatchStageTests {
    private func world(for stage: Stage) async throws -> (DispatchWorld, Call?) {
        let world = try await DispatchWorld([])
        try await world.add(NodeChange(name: "north", maxConcurrency: .set(1)))
        return (world, stage == .waiting ? world.message() : nil)
    }

    @Test("leaves nothing behind when its client goes, and blames nobody", arguments: Stage.allCases)
    func clientLeaves(stage: Stage) async throws {
        let (world, first) = try await world(for: stage)
        let call = try await stage.reach(in: world)
        let wasTrying = call.isTrying
        call.tell(.clientLeft)
        first?.complete(stream: true)
        #expect(call.faults.isEmpty && !call.isTrying && world.leftovers.isEmpty)
        #expect(world.node("north")?.blamed == .nobody)
        guard ![.gathering, .asking].contains(stage) else { return }
        let booked = try await world.booked(call)
        #expect(booked.summary.status == .cancelled && booked.summary.code == "client_left")
        #expect(booked.tries.count == (wasTrying ? 1 : 0))
    }

    @Test("ends with 401, or in the middle of its stream, when its key is revoked", arguments: Stage.allCases)
    func keyRevoked(stage: Stage) async throws {
        let (world, first) = try await world(for: stage)
        let call = try await stage.reach(in: world)
        try await world.revoke()
        if stage == .gathering {
            call.tell(.bodyGathered(ByteBuffer(string: Words.request())))
        } else {
            await call.wake()
        }
        if let first { await first.wake() }
        #expect(call.faults.isEmpty && call.isFinished && !call.isTrying && world.leftovers.isEmpty)
        #expect(world.node("north")?.blamed == .nobody)
        if [.pinged, .committed].contains(stage) {
            #expect(call.status == 200 && call.sent.hasSuffix("\n\n") && call.sent.contains("event: error\ndata: "))
            #expect(call.sent.contains("authentication_error"))
        } else {
            #expect(call.status == 401 && call.code == "gateway.key_unknown")
        }
    }

    @Test("gives everything back when whoever runs it lets go of it without a word", arguments: Stage.allCases)
    func abandoned(stage: Stage) async throws {
        let (world, first) = try await world(for: stage)
        do { _ = try await stage.reach(in: world) }
        first?.complete(stream: true)
        #expect(world.leftovers.isEmpty)
        let rows = try await world.rows()
        #expect(rows["open "] == nil)
        #expect(rows["failed gateway.abandoned"] == ([.gathering, .asking].contains(stage) ? nil : 1))
    }

    @Test("begins no further attempt when the server stops, and answers those who wait")
    func drain() async throws {
        let (world, first) = try await world(for: .waiting)
        let waiting = world.message()
        waiting.tell(.draining)
        #expect(waiting.status == 529 && waiting.code == "gateway.stopping")
        first?.tell(.draining)
        first?.fail(.refused, wasSent: false)
        #expect(first?.status == 502 && first?.requests.count == 1)
        let gathering = world.call()
        gathering.tell(.opened)
        gathering.tell(.draining)
        gathering.tell(.bodyGathered(ByteBuffer(string: Words.request())))
        #expect(gathering.code == "gateway.stopping" && world.leftovers.isEmpty)
    }
}

@Suite("Requests that have to wait", .timeLimit(.minutes(4)))
struct QueueTests {
    private func world(_ environment: [String: String] = [:]) async throws -> DispatchWorld {
        let world = try await DispatchWorld([], environment: environment)
        try await world.add(NodeChange(name: "north", maxConcurrency: .set(1)))
        return world
    }

    @Test("get the node in the order in which they came, and nobody overtakes them")
    func order() async throws {
        let world = try await world()
        let first = world.message()
        let waiting = (0..<3).map { _ in world.message() }
        #expect(waiting.allSatisfy { !$0.isTrying && $0.timers[.queue] != nil })
        first.complete(stream: true)
        #expect(waiting[0].hasWake && !waiting[1].hasWake)
        // The place is free, but it is not for who comes now.
        let late = world.message()
        #expect(!late.isTrying)
        for call in waiting + [late] {
            await call.wake()
            #expect(call.isTrying)
            call.complete(stream: true)
        }
        #expect(world.leftovers.isEmpty)
        #expect(try await world.booked(late).flags.contains(.queued))
    }

    @Test("are all served when many places become free at once")
    func chain() async throws {
        let world = try await world()
        let first = world.message()
        let waiting = (0..<5).map { _ in world.message() }
        let node = world.room.nodes.nodes(of: world.lantern)[0]
        _ = try await world.room.nodes.change(node.id, NodeChange(maxConcurrency: .set(nil)), by: world.author)
        for call in waiting { await call.wake() }
        #expect(waiting.allSatisfy { $0.isTrying })
        for call in waiting + [first] { call.complete(stream: true) }
        #expect(world.leftovers.isEmpty)
    }

    @Test("don't hold up who waits for another model")
    func models() async throws {
        let world = try await DispatchWorld([])
        try await world.add(NodeChange(name: "north", maxConcurrency: .set(1), models: [.init(match: "a")]))
        try await world.add(NodeChange(name: "south", maxConcurrency: .set(1), models: [.init(match: "b")]))
        let running = [world.message(model: "a"), world.message(model: "b")]
        let (one, two) = (world.message(model: "a"), world.message(model: "b"))
        running[1].complete(stream: true)
        // The first in line is called, finds nothing, and passes the call on.
        await one.wake()
        #expect(!one.isTrying && !one.isOver)
        await two.wake()
        #expect(two.node == "south")
        running[0].complete(stream: true)
        await one.wake()
        #expect(one.node == "north")
        for call in [one, two] { call.complete(stream: true) }
        #expect(world.leftovers.isEmpty)
    }

    @Test("pass their call on when their client goes")
    func callPassedOn() async throws {
        let world = try await world()
        let first = world.message()
        let (one, two) = (world.message(), world.message())
        first.complete(stream: true)
        one.tell(.clientLeft)
        await two.wake()
        #expect(two.isTrying)
        two.complete(stream: true)
        #expect(world.leftovers.isEmpty)
    }

    @Test("are told so when the line is full or their time is over, in either family's words")
    func refused() async throws {
        let world = try await world(["GATEWAY_QUEUE": "1", "GATEWAY_QUEUE_TIME": "10"])
        let first = world.message()
        let (one, two) = (world.message(), world.message())
        #expect(two.status == 529 && two.code == "gateway.queue_full" && two.sent.contains("overloaded_error"))
        one.pass(.queue)
        #expect(one.status == 529 && one.code == "gateway.queue_timeout")
        first.complete(stream: true)
        #expect(world.leftovers.isEmpty)
        let booked = try await world.booked(one)
        #expect(booked.summary.status == .refused && booked.tries.isEmpty)
        try await world.add(NodeChange(name: "west", family: "openai", isEnabled: false))
        let other = world.call(.POST, "/v1/chat/completions")
        other.tell(.opened)
        other.tell(.bodyGathered(ByteBuffer(string: Words.request())))
        #expect(other.status == 503 && other.code == "gateway.nodes_unavailable" && other.sent.contains(#""param":null"#))
    }

    @Test("hear the true time when all nodes cool down by a rate limit")
    func cooling() async throws {
        let world = try await world()
        let first = world.message()
        first.answer(429, Words.error("rate_limit_error"), [("content-type", "application/json"), ("retry-after", "42")])
        let second = world.message()
        #expect(second.status == 429 && second.code == "gateway.nodes_unavailable")
        #expect(second.head?.headers.first(name: "retry-after") == "42" && world.leftovers.isEmpty)
    }

    @Test("wait also after a failure, where another node is only busy")
    func afterFailure() async throws {
        let world = try await DispatchWorld(["north"])
        try await world.add(NodeChange(name: "south", priority: 2, maxConcurrency: .set(1)))
        let (one, two) = (world.message(), world.message())
        one.fail(.refused, wasSent: false)
        two.fail(.refused, wasSent: false)
        #expect(one.node == "south" && two.node == nil && !two.isOver)
        one.complete(stream: true)
        await two.wake()
        two.complete(stream: true)
        #expect(two.status == 200 && world.leftovers.isEmpty)
    }
}
