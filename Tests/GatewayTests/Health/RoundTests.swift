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

@Suite("Probes by the clock", .timeLimit(.minutes(3)))
struct RoundTests {
    @Test("leave one record in five minutes where nothing changes, and each that a person asked for")
    func history() async throws {
        let world = try await DispatchWorld([])
        let node = try await world.room.nodes.create(
            NodeChange(name: "north", url: "http://127.0.0.1:9", healthMethod: "cli", allowLoopback: true), by: world.author)
        let count = { () async throws -> Int in
            try await world.room.health.history(
                of: node.id, in: world.lantern, from: Timestamp(milliseconds: 0), to: world.clock.now() + .seconds(60), after: nil,
                limit: 100
            ).items.count
        }
        for _ in 0..<3 { _ = try await world.room.health.test(node.id, in: world.lantern) }
        #expect(try await count() == 3)
        await #expect(throws: GatewayError.self) { try await world.room.health.test(.make(at: world.clock.now()), in: world.lantern) }
    }

    @Test("are stopped at once in the quiet time after the start (INC-06)")
    func quiet() async throws {
        let world = try await DispatchWorld(["north"])
        let service = Task { try await HealthService(world.room.health).run() }
        for _ in 0..<100 { await Task.yield() }
        let began = ContinuousClock.now
        service.cancel()
        _ = await service.result
        #expect(ContinuousClock.now - began < .seconds(4), "the first check is due in 5 to 35 s")
    }

    @Test("ask two hundred nodes two at a time and each once, and nothing is left open when they are cut off")
    func round() async throws {
        let world = try await DispatchWorld([])
        let (asked, running, most) = (Ear(0), Ear(0), Ear(0))
        let all = 200
        try await RawNode.run { peer, _ in
            _ = try await peer.request()
            running.change { $0 += 1 }
            most.change { $0 = max($0, running.value) }
            asked.change { $0 += 1 }
            // Answered once the next one is here: so two are always open, and a third would be seen.
            let number = asked.value
            try await asked.wait(.seconds(60)) { $0 > number || $0 >= all }
            running.change { $0 -= 1 }
            try await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
        } _: { server in
            for number in 1...all {
                _ = try await world.room.nodes.create(
                    NodeChange(name: "node \(number)", url: "http://127.0.0.1:\(server.port)", healthMethod: "count", allowLoopback: true),
                    by: world.author)
            }
            let health = world.room.health
            health.replan()
            let now = health.now
            await withDiscardingTaskGroup { tasks in
                health.beginDue(in: &tasks, at: now)
                #expect(health.state.withLock { $0.schedule.openCount } == 0, "the first seconds are quiet")
                // After the quiet time everything is due at once.
                let later = ClockReading(moment: now.moment + .seconds(40), wall: now.wall)
                while asked.value < all {
                    let before = asked.value
                    health.beginDue(in: &tasks, at: later)
                    if asked.value == before { try? await Task.sleep(for: .milliseconds(1)) }
                }
            }
            #expect(asked.value == all && most.value == 2 && server.accepted.value <= all)
            #expect(health.state.withLock { $0.schedule.openCount } == 0)
            #expect(health.standings(of: world.lantern).values.allSatisfy { $0.state == .healthy && $0.lastProbe != nil })
        }
    }

    @Test("are cut off in the middle of an answer that never comes, and blame nobody for it")
    func cut() async throws {
        let world = try await DispatchWorld([])
        try await RawNode.run { peer, _ in
            _ = try await peer.request()
            try await peer.waitForEnd()
        } _: { server in
            let node = try await world.room.nodes.create(
                NodeChange(name: "north", url: "http://127.0.0.1:\(server.port)", healthMethod: "api", allowLoopback: true),
                by: world.author)
            let health = world.room.health
            health.replan()
            let round = Task {
                await withDiscardingTaskGroup { tasks in
                    let now = health.now
                    health.beginDue(in: &tasks, at: ClockReading(moment: now.moment + .seconds(40), wall: now.wall))
                }
            }
            await server.accepted.wait(for: 1)
            round.cancel()
            await round.value
            #expect(health.state.withLock { $0.schedule.openCount } == 0)
            #expect(health.standings(of: world.lantern)[node.id]?.lastProbe == nil)
            let history = try await health.history(
                of: node.id, in: world.lantern, from: Timestamp(milliseconds: 0), to: world.clock.now() + .seconds(60), after: nil,
                limit: 10)
            #expect(history.items.isEmpty)
        }
    }
}
