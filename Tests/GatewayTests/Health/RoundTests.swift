import NIOCore
import NIOPosix
import Relay
import Routing
import Storage
import TestSupport
import Testing
import Vocabulary

@testable import Gateway

@Suite("Probes by the clock", .timeLimit(.minutes(1)))
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
}
