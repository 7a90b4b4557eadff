import Relay
import Routing
import Storage
import Synchronization
import TestSupport
import Testing
import Vocabulary

@testable import Gateway

@Suite("What outlives the process, and what a day may cost", .timeLimit(.minutes(4)))
struct RateLimitTests {
    @Test("a rate limit holds over a restart as long as its provider said, and is forgotten with it")
    func restart() async throws {
        let world = try await DispatchWorld(["north", "south"])
        try await world.add(NodeChange(name: "west", priority: 3, rateDomain: .set("org-1")))
        for name in ["north", "south", "west"] {
            let call = world.message()
            #expect(call.node == name)
            call.answer(429, Words.error("rate_limit_error"), [("content-type", "application/json"), ("retry-after", "600")])
            if !call.isOver { call.tell(.clientLeft) }
        }
        let health = world.room.health
        await health.saveRateLimits()
        let stored = try await world.storage.database.read { try RateLimitStore.limits(on: $0) }[world.lantern] ?? [:]
        #expect(stored.count == 3 && stored[.shared("org-1")] != nil)
        // The test's wall clock stands still while the other one goes on.
        #expect(stored.values.allSatisfy { $0 <= world.clock.now() + .seconds(601) && $0 > world.clock.now() + .seconds(300) })
        // The next process: a pool that knows nothing.
        let fresh = TrafficControl { _ in }
        fresh.replaceNodes(of: world.lantern, with: world.room.nodes.nodes(of: world.lantern), at: health.now)
        fresh.restore(rateLimits: stored, of: world.lantern, at: health.now)
        let nodes = fresh.snapshot(of: world.lantern, at: health.now.moment)?.nodes ?? []
        #expect(nodes.count == 3 && nodes.allSatisfy { $0.rateLimitedUntil != nil })
        #expect(
            fresh.snapshot(of: world.lantern, at: health.now.moment + .seconds(200))?.nodes.allSatisfy { $0.rateLimitedUntil != nil }
                == true)
        #expect(
            fresh.snapshot(of: world.lantern, at: health.now.moment + .seconds(700))?.nodes.allSatisfy { $0.rateLimitedUntil == nil }
                == true)
    }

    @Test("a test by hand is paid from the day's money for probes and refused when it does not reach; free ones never are")
    func budget() async throws {
        let world = try await DispatchWorld([], environment: ["HEALTH_BUDGET_DAY": "0"])
        let paid = try await world.room.nodes.create(
            NodeChange(name: "north", url: "http://127.0.0.1:9", healthMethod: "api", allowLoopback: true), by: world.author)
        let free = try await world.room.nodes.create(
            NodeChange(name: "south", url: "http://127.0.0.1:9", healthMethod: "count", allowLoopback: true), by: world.author)
        #expect(await gatewayCode { try await world.room.health.test(paid.id, in: world.lantern) } == "gateway.probe_budget")
        #expect(try await world.room.health.test(free.id, in: world.lantern).isGood == false)
        #expect(world.room.health.state.withLock { $0.byHand.isEmpty }, "a refusal is no probe that runs")
    }
}
