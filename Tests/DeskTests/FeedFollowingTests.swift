import Bus
@testable import Desk
import DeskProtocol
import Logging
import TestSupport
import Testing
import Vocabulary

@Suite("Going on in the feed")
struct FeedFollowingTests {
    private static let accessReset = #"{"type":"reset","scope":"all","reason":"access"}"#

    /// What `member` hears that comes back with a cursor, or asks once more from it while connected.
    private func heard(
        by member: MemberPrincipal, after cursor: Int64, _ world: DeskWorld, asksAgain: Bool
    ) async throws -> [String] {
        let outlet = RecordingOutlet()
        let live = LiveSession(.member(member), connection: ULID.make(at: world.clock.now()).description, desk: world.desk, outlet: outlet)
        try await live.begin(Cursors(epoch: "epoch", feed: asksAgain ? nil : cursor))
        let before = outlet.frames.count
        if asksAgain { #expect(await live.handle(.syncFeed(after: cursor))) }
        live.finish()
        return Array(outlet.frames.dropFirst(asksAgain ? before : 0))
    }

    private func snapshot(of member: MemberPrincipal, _ world: DeskWorld) async throws -> Int64 {
        try await world.desk.inbox.list(.all, shop: nil, after: nil, limit: 50, for: member).feed
    }

    @Test("an agent goes on where only the looks, the key or nobody of a shop's staff changed", arguments: [false, true])
    func looks(asksAgain: Bool) async throws {
        let world = try await DeskWorld()
        let before = try await snapshot(of: world.bo, world)
        _ = try await world.desk.shops.change(world.lantern.id, ShopChange(name: "Lamp", colour: "#112233"), by: world.ada)
        _ = try await world.desk.shops.change(world.anvil.id, ShopChange(name: "Hammer"), by: world.ada)
        _ = try await world.desk.shops.replaceKey(of: world.lantern.id, by: world.ada)
        try await world.desk.shops.replaceStaff(of: world.lantern.id, with: [world.bo.member], by: world.ada)
        _ = try await world.desk.shops.make(ShopChange(name: "New"), by: world.ada)
        let conversation = try await world.greeted()
        let frames = try await heard(by: world.bo, after: before, world, asksAgain: asksAgain)
        #expect(!frames.contains { $0.hasPrefix("{\"type\":\"reset\"") })
        // Snapshot and events are a fresh snapshot: each number once, its own shop named, the other hidden.
        let feed = try #require(frames.first { $0.hasPrefix("{\"type\":\"feed\"") })
        let own = #""kind":"shop","shop":"\#(world.lantern.id)"}"#
        #expect(
            feed.contains(
                #"[{"seq":\#(before + 1),\#(own),{"seq":\#(before + 2),"kind":"hidden"},{"seq":\#(before + 3),\#(own),"#
                    + #"{"seq":\#(before + 4),\#(own),{"seq":\#(before + 5),"kind":"hidden"},{"seq":\#(before + 6),"kind":"conversation""#))
        #expect(feed.contains(conversation.description))
        let top = try await snapshot(of: world.bo, world)
        #expect(top == before + 6)
        #expect(frames.contains { $0.hasPrefix("{\"type\":\"resumed\",\"feed\":\(top)") })
    }

    @Test("an agent begins anew after a change of staff, also when the looks changed later", arguments: [false, true])
    func staff(asksAgain: Bool) async throws {
        let world = try await DeskWorld()
        let before = try await snapshot(of: world.bo, world)
        try await world.desk.shops.replaceStaff(of: world.lantern.id, with: [world.cy.member], by: world.ada)
        _ = try await world.desk.shops.change(world.lantern.id, ShopChange(colour: "#112233"), by: world.ada)
        for (member, isReset) in [(world.bo, true), (world.cy, true), (world.ada, false)] {
            let frames = try await heard(by: member, after: before, world, asksAgain: asksAgain)
            #expect(frames.contains(Self.accessReset) == isReset, "\(member.name)")
        }
        let after = try await snapshot(of: world.bo, world)
        #expect(try await !heard(by: world.bo, after: after, world, asksAgain: asksAgain).contains(Self.accessReset))
    }

    @Test("a cursor beyond the feed or before its beginning is said", arguments: [false, true])
    func bounds(asksAgain: Bool) async throws {
        let world = try await DeskWorld()
        let ahead = try await heard(by: world.bo, after: 99, world, asksAgain: asksAgain)
        #expect(ahead.contains(#"{"type":"reset","scope":"feed","reason":"ahead"}"#))
        world.clock.advance(by: .seconds(8 * 86_400))
        try await world.desk.trimFeeds(before: world.clock.now() - DeskService.feedRetention)
        let trimmed = try await heard(by: world.bo, after: 1, world, asksAgain: asksAgain)
        #expect(trimmed.contains(#"{"type":"reset","scope":"feed","reason":"trimmed"}"#))
        #expect(!trimmed.contains { $0.hasPrefix("{\"type\":\"feed\"") })
    }
}
