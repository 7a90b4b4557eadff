import NIOCore
import Relay
import Routing
import Storage
import Synchronization
import TestSupport
import Testing
import Vocabulary

@testable import Gateway

@Suite("The money of probes", .timeLimit(.minutes(4)))
struct ProbeSpendingTests {
    @Test("is remembered by the next process, of the same day only")
    func remembered() async throws {
        let world = try await DispatchWorld([])
        try await RawNode.run { peer, _ in
            _ = try await peer.request()
            try await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{}")
        } _: { server in
            let node = try await world.room.nodes.create(
                NodeChange(name: "north", url: "http://127.0.0.1:\(server.port)", healthMethod: "api", allowLoopback: true),
                by: world.author)
            _ = try await world.room.health.test(node.id, in: world.lantern)
        }
        let spent = world.room.health.state.withLock { $0.schedule.spentToday }
        #expect(spent > 0)
        let next = world.health(TrafficControl { _ in })
        try await next.restore()
        #expect(next.state.withLock { $0.schedule.spentToday } == spent)
        world.clock.advance(by: .seconds(86_400))
        let tomorrow = world.health(TrafficControl { _ in })
        try await tomorrow.restore()
        #expect(tomorrow.state.withLock { $0.schedule.spentToday } == 0)
    }
}
