import Foundation
import Routing
import Testing
import TestSupport
import Vocabulary

@Suite("Health that outlives the process")
struct HealthRecordTests {
    private func reading(_ world: PoolWorld, _ wall: Timestamp = ManualClock().now()) -> ClockReading {
        ClockReading(moment: world.now, wall: wall)
    }

    /// What another process knows of the same nodes, by way of JSON.
    private func restarted(_ world: PoolWorld, after pause: Duration = .zero) throws -> PoolWorld {
        let wall = ManualClock().now()
        let records = try Dictionary(
            uniqueKeysWithValues: world.nodes.map { node in
                let record = try #require(world.pool.record(of: node.id, at: reading(world, wall)))
                let stored = try JSONEncoder().encode(record)
                return (node.id, try JSONDecoder().decode(HealthRecord.self, from: stored))
            })
        var next = PoolWorld(world.nodes)
        // Another boot of the machine: its monotonic clock begins elsewhere.
        next.now = Moment(nanoseconds: 5_000_000_000)
        next.pool.restore(records, at: reading(next, wall + pause))
        return next
    }

    @Test("a restart keeps the dead dead and the cooling cool, with their reasons (INC-11, INC-08)")
    func restart() throws {
        var world = PoolWorld([.named("north"), .named("south"), .named("east"), .named("west")])
        world.send(to: "north", .refusedKey)
        world.send(3, to: "south", .broken)
        let left = try #require(world.cooldown("south"))

        var next = try restarted(world)
        #expect(next.state("north") == .dead)
        #expect(next.snapshot("north")?.reason == world.snapshot("north")?.reason)
        #expect(next.snapshot("north")?.cure == .authorised)
        #expect(abs(try #require(next.cooldown("south")) - left) < 0.01)
        #expect(next.snapshot("south")?.reason == world.snapshot("south")?.reason)
        for _ in 0..<50 { #expect(["east", "west"].contains(next.serve())) }
    }

    @Test("a cool-down that ended while the house was down is followed by a trial, and the next one is longer")
    func overdue() throws {
        var world = PoolWorld()
        world.send(3, to: "north", .broken)
        var next = try restarted(world, after: .seconds(3_600))
        #expect(next.state("north") == .halfOpen)
        next.send(to: "north", .broken)
        #expect(try #require(next.cooldown("north")) >= 16)
    }

    @Test("a wall clock that was years ahead does not lock a node out")
    func wrongClock() throws {
        var world = PoolWorld()
        world.send(3, to: "north", .broken)
        let next = try restarted(world, after: .seconds(-86_400 * 3_650))
        #expect(try #require(next.cooldown("north")) <= 360)
    }

    @Test("what was learnt with another credential is passed over")
    func otherAccess() throws {
        var world = PoolWorld()
        world.send(to: "north", .refusedKey)
        let record = try #require(world.pool.record(of: .named("north"), at: reading(world)))
        var next = PoolWorld([.named("north", accessVersion: 1), .named("south")])
        next.pool.restore([.named("north"): record, .named("gone"): record], at: reading(next))
        #expect(next.state("north") == .healthy)
    }
}
