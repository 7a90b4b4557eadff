@testable import Desk
import DeskProtocol
import Storage
import TestSupport
import Testing
import Vocabulary

@Suite("The search's walk beside the feed")
struct SearchWalkTests {
    @Test("what is said between the index's beginning and its first step is there once")
    func beginning() async throws {
        let world = try await DeskWorld()
        _ = try await world.greeted()
        #expect(try await world.desk.indexer.round())
        try await world.post(.text("a lamp"), by: .customer(world.kim.principal))
        try await world.desk.indexer.catchUp()
        #expect(try await world.found("hi").map(\.seq) == [1])
        #expect(try await world.found("lamp").map(\.seq) == [2])
        #expect(try await world.found("kim").count == 1)
    }

    @Test("what is said and resolved just before the walk comes to the resolved is there once")
    func resolving() async throws {
        let world = try await DeskWorld()
        let conversation = try await world.greeted()
        #expect(try await world.desk.indexer.round())
        #expect(try await world.desk.indexer.round())
        try await world.post(.text("a lamp"), by: .customer(world.kim.principal))
        try await world.post(.resolve, by: .member(world.ada), in: conversation)
        try await world.desk.indexer.catchUp()
        #expect(try await world.found("lamp").map(\.seq) == [2])
    }

    @Test("a conversation that says more than there is holds nobody up")
    func hole() async throws {
        let world = try await DeskWorld()
        let conversation = try await world.greeted()
        try await world.desk.indexer.catchUp()
        try await world.database.write { _ = try $0.execute("UPDATE conversation SET last_seq = last_seq + 1 WHERE id = ?", conversation) }
        _ = try await world.desk.customers.change(world.kim, name: "Mina", email: nil, page: nil)
        let lee = try await world.desk.customers.make(in: world.lantern, name: "Lee", email: nil, page: nil, origin: nil).0
        try await world.post(.text("a heron"), by: .customer(lee.principal))
        for _ in 0..<5 { _ = try await world.desk.indexer.round() }
        #expect(try await world.found("heron").count == 1)
        #expect(try await !world.desk.indexer.round())
    }

    @Test("a customer stands at the time that is shown")
    func customers() async throws {
        let world = try await DeskWorld()
        let conversation = try await world.greeted()
        let then = world.clock.now()
        try await world.desk.indexer.catchUp()
        world.clock.advance(by: .seconds(86_400))
        try await world.post(.text("Kim, are you there?"), by: .member(world.bo), in: conversation)
        try await world.desk.indexer.catchUp()
        let hits = try await world.found("kim")
        #expect(hits.map(\.kind) == ["message", "customer"])
        #expect(hits.last?.at == then)
    }
}
