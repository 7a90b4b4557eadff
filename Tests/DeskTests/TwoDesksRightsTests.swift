import Bus
@testable import Desk
import DeskProtocol
import Logging
import Storage
import TestSupport
import Testing
import Vocabulary

@Suite("Rights that change on another instance", .timeLimit(.minutes(2)))
struct TwoDesksRightsTests {
    private static let accessReset = #"{"type":"reset","scope":"all","reason":"access"}"#

    @Test("an agent that loses a shop elsewhere hears what came before and nothing that came after, however late the news is")
    func loses() async throws {
        let desks = try await TwoDesks()
        let world = desks.world
        let conversation = try await world.greeted()
        desks.southBus.weather(.lost)
        try await desks.living {
            let cursors = Cursors(epoch: "epoch", conversations: [conversation: 1])
            let bo = try await desks.connect(.member(world.bo), to: desks.south, cursors)
            let ada = try await desks.connect(.member(world.ada), to: desks.south, cursors)
            let start = bo.outlet.frames.count
            try await desks.post(.text("before"), by: .customer(world.kim.principal), at: desks.north)
            try await desks.north.shops.replaceStaff(of: world.lantern.id, with: [], by: world.ada)
            try await desks.post(.text("secret"), by: .customer(world.kim.principal), at: desks.north)
            // All of it is read at once.
            desks.southBus.lookAgain()
            await ada.outlet.hear { $0.contains("secret") }
            let top = try await desks.north.inbox.list(.all, shop: nil, after: nil, limit: 1, for: world.ada).feed
            await bo.outlet.hear { $0.hasPrefix(#"{"type":"feed""#) && $0.contains(#"{"seq":\#(top),"#) }
            let heard = bo.outlet.frames.dropFirst(start)
            #expect(heard.contains { $0.hasPrefix(#"{"type":"events""#) && $0.contains("before") })
            #expect(heard.contains(Self.accessReset))
            #expect(!heard.joined().contains("secret"))
            #expect(bo.outlet.feedNumbers() == Array(Int(top) - 2...Int(top)))
            #expect(ada.outlet.feedNumbers() == Array(Int(top) - 2...Int(top)))
            for connection in [bo, ada] { connection.live.finish() }
        }
    }

    @Test("an agent that gains a shop elsewhere is told to begin anew, and hears what follows")
    func gains() async throws {
        let desks = try await TwoDesks()
        let world = desks.world
        let conversation = try await world.greeted()
        try await desks.living {
            let cy = try await desks.connect(.member(world.cy), to: desks.south)
            try await desks.north.shops.replaceStaff(of: world.lantern.id, with: [world.bo.member, world.cy.member], by: world.ada)
            await cy.outlet.hear { $0 == Self.accessReset }
            #expect(await cy.live.handle(.open(conversation, after: 0)))
            try await desks.post(.text("welcome"), by: .customer(world.kim.principal), at: desks.north)
            await cy.outlet.hear { $0.hasPrefix(#"{"type":"events""#) && $0.contains("welcome") }
            await cy.outlet.hear { $0.hasPrefix(#"{"type":"feed""#) && $0.contains("welcome") }
            cy.live.finish()
        }
    }

    @Test("rights that go to and fro on both instances leave every agent with those of the database")
    func toAndFro() async throws {
        let desks = try await TwoDesks()
        let world = desks.world
        for bus in [desks.northBus, desks.southBus] {
            bus.weather(bySeed: 11)
        }
        try await desks.living {
            var agents: [TwoDesks.Connection] = []
            for desk in [desks.north, desks.south] {
                for member in [world.bo, world.cy] { agents.append(try await desks.connect(.member(member), to: desk)) }
            }
            let ada = try await desks.connect(.member(world.ada), to: desks.south)
            var chance = SeededRandom(seed: 7)
            for number in 0..<30 {
                let desk = number.isMultiple(of: 2) ? desks.north : desks.south
                let staff = [world.bo.member, world.cy.member].filter { _ in Bool.random(using: &chance) }
                try await desk.shops.replaceStaff(of: world.lantern.id, with: staff, by: world.ada)
                try await desks.post(.text("\(number)"), by: .customer(world.kim.principal), at: desk)
            }
            for bus in [desks.northBus, desks.southBus] { bus.lookAgain() }
            let top = try await desks.north.inbox.list(.all, shop: nil, after: nil, limit: 1, for: world.ada).feed
            let serving = Set(try await desks.north.shops.staff(of: world.lantern.id, for: world.ada))
            for agent in agents {
                await agent.outlet.hear { $0.hasPrefix(#"{"type":"feed""#) && $0.contains(#"{"seq":\#(top),"#) }
                guard case .member(let member) = agent.live.principal else { continue }
                #expect(agent.live.scope.contains(world.lantern.id) == serving.contains(member.member))
                let numbers = agent.outlet.feedNumbers()
                #expect(numbers == Array((numbers.first ?? 0)...Int(top)))
            }
            for connection in agents + [ada] { connection.live.finish() }
        }
    }

    @Test("visitors of a shop that is closed elsewhere, or gets a new key there, are cut off; others stay", arguments: [false, true])
    func shopClosed(isBusUp: Bool) async throws {
        let desks = try await TwoDesks()
        let world = desks.world
        if !isBusUp { desks.southBus.weather(.lost) }
        try await desks.living {
            let old = try await desks.connect(.customer(world.kim.principal), to: desks.south, key: world.lantern.key)
            let other = try await desks.connect(.member(world.ada), to: desks.south)
            let changed = try await desks.north.shops.replaceKey(of: world.lantern.id, by: world.ada)
            let new = try await desks.connect(.customer(world.kim.principal), to: desks.south, key: changed.key)
            _ = try await desks.north.shops.change(world.lantern.id, ShopChange(name: "Lamp"), by: world.ada)
            if !isBusUp { desks.southBus.lookAgain() }
            await old.outlet.closed()
            #expect(old.outlet.closeCode == 4410)
            #expect(new.outlet.closeCode == nil)
            _ = try await desks.north.shops.change(world.lantern.id, ShopChange(isActive: false), by: world.ada)
            if !isBusUp { desks.southBus.lookAgain() }
            await new.outlet.closed()
            #expect(new.outlet.closeCode == 4410)
            #expect(other.outlet.closeCode == nil)
            other.live.finish()
        }
    }

    @Test("a session that ended elsewhere, and a name that changed there, end the sockets here, by a bell or by the next look")
    func sessions() async throws {
        let desks = try await TwoDesks()
        let world = desks.world
        try await desks.living {
            let bo = try await desks.connect(.member(world.bo), to: desks.south)
            desks.northBus.ring(.sessionEnded(world.bo.session))
            #expect(bo.outlet.closeCode == 4403)
        }
        try await withThrowingTaskGroup { group in
            group.addTask { try await DeskService(desks.south, logger: .silent).run() }
            let cy = try await desks.connect(.member(world.cy), to: desks.south)
            let ada = try await desks.connect(.member(world.ada), to: desks.south)
            let bo = try await desks.connect(.member(world.bo), to: desks.south)
            world.directory.forget(world.cy.session)
            world.directory.rename(world.bo.session, to: "Beau")
            // Rung again, in case the service has just begun to listen.
            while cy.outlet.closeCode == nil || bo.outlet.closeCode == nil {
                desks.southBus.lookAgain()
                try await Task.sleep(for: .milliseconds(5))
            }
            #expect(cy.outlet.closeCode == 4403)
            #expect(bo.outlet.closeCode == 1012)
            #expect(ada.outlet.closeCode == nil)
            ada.live.finish()
            group.cancelAll()
        }
    }
}
