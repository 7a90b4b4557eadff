@testable import Gateway
import TestSupport
import Testing
import Vocabulary

struct ResourceOwnersTests {
    @Test("a batch is found by its workspace only, in its kind, until it is forgotten")
    func owners() async throws {
        let world = try await RoomWorld()
        let node = try await world.north()
        let hers = try await world.north(by: world.byEve)
        let owners = ResourceOwners(database: world.database, clock: world.clock)
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
        let owners = ResourceOwners(database: world.database, clock: world.clock)
        for id in ["", String(repeating: "x", count: 201)] {
            try await owners.note(id, .file, at: node.id, in: world.ada.workspace)
            #expect(try await owners.node(of: id, .file, in: world.ada.workspace) == nil)
        }
    }
}
