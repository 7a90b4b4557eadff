@testable import Gateway
import Routing
import TestSupport
import Testing
import Vocabulary

struct ResourceOwnersTests {
    @Test("a batch is found by its workspace only, in its kind, until it is forgotten")
    func owners() async throws {
        let world = try await RoomWorld()
        let node = try await world.north()
        let hers = try await world.north(by: world.byEve)
        let owners = ResourceOwners(database: world.database, clock: world.clock, logger: .silent)
        let (lantern, other) = (world.ada.workspace, world.eve.workspace)
        try await owners.note("msgbatch_1", .batch, at: node.id, in: lantern)
        try await owners.note("msgbatch_1", .batch, at: node.id, in: lantern)
        #expect(try await owners.node(of: "msgbatch_1", .batch, in: lantern) == node.id)
        #expect(try await owners.node(of: "msgbatch_1", .file, in: lantern) == nil)
        #expect(try await owners.node(of: "msgbatch_1", .batch, in: other) == nil)
        // The same id from another provider is another workspace's own affair.
        try await owners.note("msgbatch_1", .batch, at: hers.id, in: other)
        try await owners.forget("msgbatch_1", .batch, in: other)
        #expect(try await owners.node(of: "msgbatch_1", .batch, in: lantern) == node.id)
        try await owners.forget("msgbatch_1", .batch, in: lantern)
        #expect(try await owners.node(of: "msgbatch_1", .batch, in: lantern) == nil)
    }

    @Test("ids that no provider makes are not kept")
    func strangeIDs() async throws {
        let world = try await RoomWorld()
        let node = try await world.north()
        let owners = ResourceOwners(database: world.database, clock: world.clock, logger: .silent)
        for id in ["", String(repeating: "x", count: 201)] {
            try await owners.note(id, .file, at: node.id, in: world.ada.workspace)
            #expect(try await owners.node(of: id, .file, in: world.ada.workspace) == nil)
        }
    }

    @Test("what is noted in memory counts at once, is stored soon, and comes with the key that made it")
    func soon() async throws {
        let world = try await RoomWorld()
        let node = try await world.north()
        let key = KeyID.make(at: world.clock.now())
        let owners = ResourceOwners(database: world.database, clock: world.clock, logger: .silent)
        let lantern = world.ada.workspace
        for number in 0..<700 { owners.noteSoon("resp_\(number)", .response, at: node.id, by: key, in: lantern) }
        #expect(try await owners.owner(of: "resp_699", .response, in: lantern) == .init(node: node.id, key: key))
        #expect(try await owners.owned(["resp_1", "resp_x"], .response, in: lantern) == ["resp_1"])
        #expect(try await owners.node(ofAll: ["resp_1", "resp_2"], in: lantern) == node.id)
        #expect(try await owners.node(ofAll: ["resp_1", "resp_x"], in: lantern) == nil)
        #expect(try await owners.node(ofAll: ["resp_1"], in: world.eve.workspace) == nil)
        await owners.flush()
        let next = ResourceOwners(database: world.database, clock: world.clock, logger: .silent)
        #expect(try await next.owner(of: "resp_0", .response, in: lantern) == .init(node: node.id, key: key))
        #expect(try await next.node(ofAll: ["resp_0", "resp_699"], in: lantern) == node.id)
        world.clock.advance(by: .seconds(41 * 86_400))
        #expect(try await next.forgetOld() == 500)
        #expect(try await next.forgetOld() == 200)
        #expect(try await next.owner(of: "resp_0", .response, in: lantern) == nil)
    }
}
