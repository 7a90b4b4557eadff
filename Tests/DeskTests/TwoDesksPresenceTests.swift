import Bus
@testable import Desk
import DeskProtocol
import Logging
import Storage
import TestSupport
import Testing
import Vocabulary

@Suite("Presence over two instances", .timeLimit(.minutes(2)))
struct TwoDesksPresenceTests {
    /// Lets a second pass on the instances that are alive.
    private func pass(_ desks: TwoDesks, seconds: Int = 1, only living: [DeskRoom]? = nil) async throws {
        for _ in 0..<seconds {
            desks.world.clock.advance(by: .seconds(1))
            for desk in living ?? [desks.north, desks.south] { try await desk.noticePresence() }
        }
        // What came by a hint is seen in the turn that follows it.
        for desk in living ?? [desks.north, desks.south] { try await desk.noticePresence() }
    }

    private static func presence(of member: MemberPrincipal, online: Bool) -> String {
        #"{"type":"presence","member":"\#(member.member)","online":\#(online)}"#
    }

    @Test("a visitor at one instance knows whether somebody at another serves its shop")
    func availability() async throws {
        let desks = try await TwoDesks()
        let world = desks.world
        try await desks.living {
            let kim = try await desks.connect(.customer(world.kim.principal), to: desks.south)
            #expect(kim.outlet.frames.first?.contains(#""available":false"#) == true)
            let cy = try await desks.connect(.member(world.cy), to: desks.north)
            try await pass(desks)
            // Cy serves another shop.
            #expect(!desks.south.isAvailable(world.lantern) && desks.south.isAvailable(world.anvil))
            let bo = try await desks.connect(.member(world.bo), to: desks.north)
            try await pass(desks)
            #expect(desks.south.isAvailable(world.lantern))
            await kim.outlet.hear { $0 == #"{"type":"presence","available":true}"# }
            #expect(desks.north.isOnline(world.kim.id) && desks.south.isOnline(world.kim.id))
            // Rights that go elsewhere go here as well, before anything is read of presence.
            let ada = try await desks.connect(.member(world.ada), to: desks.south)
            ada.live.finish()
            try await desks.north.shops.replaceStaff(of: world.lantern.id, with: [world.cy.member], by: world.ada)
            await kim.outlet.hear { $0 == #"{"type":"presence","available":true}"# }
            bo.live.finish()
            try await pass(desks, seconds: 8)
            #expect(desks.south.isAvailable(world.lantern))
            cy.live.finish()
            try await pass(desks, seconds: 8)
            #expect(!desks.south.isAvailable(world.lantern) && !desks.north.isAvailable(world.lantern))
            kim.live.finish()
        }
    }

    @Test("colleagues and visitors elsewhere are shown as they come and go")
    func comesAndGoes() async throws {
        let desks = try await TwoDesks()
        let world = desks.world
        let conversation = try await world.greeted()
        try await desks.living {
            let ada = try await desks.connect(.member(world.ada), to: desks.south)
            let bo = try await desks.connect(.member(world.bo), to: desks.north)
            let kim = try await desks.connect(.customer(world.kim.principal), to: desks.north)
            try await pass(desks)
            let online = #"{"type":"presence","customer":"\#(world.kim.id)","conversation":"\#(conversation)","online":true}"#
            await ada.outlet.hear { $0 == Self.presence(of: world.bo, online: true) }
            await ada.outlet.hear { $0 == online }
            // Who comes later is told of all at once, but agents of their shops alone.
            let late = try await desks.connect(.member(world.ada), to: desks.south)
            let cy = try await desks.connect(.member(world.cy), to: desks.south)
            for (outlet, seesKim) in [(late.outlet, true), (cy.outlet, false)] {
                let list = await outlet.hear { $0.hasPrefix(#"{"type":"presence","online""#) }
                #expect(list.contains(world.bo.member.description))
                #expect(list.contains(world.kim.id.description) == seesKim)
            }
            kim.live.finish()
            bo.live.finish()
            try await pass(desks, seconds: 5)
            #expect(ada.outlet.count(Self.presence(of: world.bo, online: false)) == 0)
            try await pass(desks, seconds: 3)
            await ada.outlet.hear { $0 == Self.presence(of: world.bo, online: false) }
            await ada.outlet.hear { $0 == #"{"type":"presence","customer":"\#(world.kim.id)","conversation":null,"online":false}"# }
            #expect(cy.outlet.count(world.kim.id.description) == 0)
            for connection in [ada, late, cy] { connection.live.finish() }
        }
    }

    @Test("who comes back at the other instance within the grace has not left, at neither", arguments: [true, false])
    func grace(isBusUp: Bool) async throws {
        let desks = try await TwoDesks()
        let world = desks.world
        let conversation = try await world.greeted()
        try await desks.living {
            let watchers = [
                try await desks.connect(.member(world.ada), to: desks.north), try await desks.connect(.member(world.ada), to: desks.south),
            ]
            let bo = try await desks.connect(.member(world.bo), to: desks.north)
            try await pass(desks)
            if !isBusUp { for bus in [desks.northBus, desks.southBus] { bus.weather(.lost) } }
            bo.live.finish()
            try await pass(desks, seconds: 3)
            let back = try await desks.connect(.member(world.bo), to: desks.south)
            try await pass(desks, seconds: 30)
            for (watcher, bus) in zip(watchers, [desks.northBus, desks.southBus]) {
                bus.lookAgain()
                try await desks.post(.text("end"), by: .member(world.bo), at: desks.north, in: conversation)
                await watcher.outlet.hear { $0.contains("\"end\"") }
                #expect(watcher.outlet.count(Self.presence(of: world.bo, online: false)) == 0)
                watcher.live.finish()
            }
            back.live.finish()
        }
    }

    @Test("an instance that vanishes takes its people with it, and its rows are thrown away; one that was only slow comes back")
    func vanishes() async throws {
        let desks = try await TwoDesks()
        let world = desks.world
        try await desks.living {
            let ada = try await desks.connect(.member(world.ada), to: desks.south)
            let bo = try await desks.connect(.member(world.bo), to: desks.north)
            try await pass(desks)
            await ada.outlet.hear { $0 == Self.presence(of: world.bo, online: true) }
            try await pass(desks, seconds: 10, only: [desks.south])
            #expect(ada.outlet.count(Self.presence(of: world.bo, online: false)) == 0)
            try await pass(desks, seconds: 11, only: [desks.south])
            await ada.outlet.hear { $0 == Self.presence(of: world.bo, online: false) }
            try await pass(desks, seconds: 60, only: [desks.south])
            let rows = try await world.database.read { connection in
                try connection.rows("SELECT person_id FROM presence").map { try $0.get(0, as: String.self) }
            }
            #expect(rows == [world.ada.member.description])
            // It had only been stopped: its people are there again.
            try await pass(desks)
            #expect(desks.south.delivery.online(in: world.ada.workspace, scope: .all).members.contains(world.bo.member))
            for connection in [ada, bo] { connection.live.finish() }
        }
    }

    @Test("an instance that ends leaves its people the time to come back elsewhere")
    func leaves() async throws {
        let desks = try await TwoDesks()
        let world = desks.world
        try await desks.living {
            let ada = try await desks.connect(.member(world.ada), to: desks.south)
            let bo = try await desks.connect(.member(world.bo), to: desks.north)
            let cy = try await desks.connect(.member(world.cy), to: desks.north)
            try await pass(desks)
            for live in [bo.live, cy.live] { live.finish() }
            try await desks.north.delivery.presence?.leave()
            try await pass(desks, seconds: 2, only: [desks.south])
            let back = try await desks.connect(.member(world.bo), to: desks.south)
            try await pass(desks, seconds: 8, only: [desks.south])
            await ada.outlet.hear { $0 == Self.presence(of: world.cy, online: false) }
            #expect(ada.outlet.count(Self.presence(of: world.bo, online: false)) == 0)
            for connection in [ada, back] { connection.live.finish() }
        }
    }

    @Test("who is connected is written at most once a second, and not at all while nobody comes or goes but for the beat")
    func writes() async throws {
        let desks = try await TwoDesks()
        let world = desks.world
        @Sendable func sign() async throws -> [Int64] {
            try await world.database.read { connection in
                let row = try connection.row("SELECT beat, version FROM presence_place")
                return try row.map { [try $0.get(0), try $0.get(1)] } ?? []
            }
        }
        try await desks.living {
            var connections: [TwoDesks.Connection] = []
            for _ in 0..<50 { connections.append(try await desks.connect(.member(world.ada), to: desks.south)) }
            connections.append(try await desks.connect(.member(world.bo), to: desks.south))
            try await pass(desks, only: [desks.south])
            #expect(try await sign() == [1, 1])
            try await pass(desks, seconds: 4, only: [desks.south])
            #expect(try await sign() == [1, 1])
            try await pass(desks, seconds: 1, only: [desks.south])
            #expect(try await sign() == [2, 1])
            for connection in connections { connection.live.finish() }
        }
    }

    @Test("a process that is alone writes nothing of this")
    func alone() async throws {
        let world = try await DeskWorld()
        let outlet = RecordingOutlet()
        let live = LiveSession(.member(world.ada), connection: "one", desk: world.desk, outlet: outlet)
        try await live.begin(Cursors())
        try await world.desk.noticePresence()
        let rows = try await world.database.read { try $0.rows("SELECT instance_id FROM presence_place").count }
        #expect(rows == 0)
        live.finish()
    }
}
