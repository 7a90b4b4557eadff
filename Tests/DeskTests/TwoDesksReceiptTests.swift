import Bus
@testable import Desk
import DeskProtocol
import Logging
import Storage
import TestSupport
import Testing
import Vocabulary

@Suite("Receipts and typing over two instances", .timeLimit(.minutes(2)))
struct TwoDesksReceiptTests {
    @Test("marks rise on the other instance: for the customer, for colleagues, on the member's other devices", arguments: [false, true])
    func receipts(isBusUp: Bool) async throws {
        let desks = try await TwoDesks()
        let world = desks.world
        let conversation = try await world.greeted()
        if !isBusUp { desks.southBus.weather(.lost) }
        try await desks.living {
            let kim = try await desks.connect(.customer(world.kim.principal), to: desks.south)
            let ada = try await desks.connect(
                .member(world.ada), to: desks.south, Cursors(epoch: "epoch", conversations: [conversation: 1]))
            let phone = try await desks.connect(.member(world.bo), to: desks.south)
            try await desks.north.conversations.acknowledge(conversation, Watermarks(read: 1), by: .member(world.bo))
            if !isBusUp { desks.southBus.lookAgain() }
            let mark = #"{"type":"mark","conversation":"\#(conversation)","read":1,"customerMessages":1}"#
            await phone.outlet.hear { $0 == mark }
            await kim.outlet.hear { $0.hasPrefix(#"{"type":"receipt""#) && $0.contains(#""delivered":1,"read":1}"#) }
            await ada.outlet.hear { $0.hasPrefix(#"{"type":"receipt""#) && $0.contains(world.bo.member.description) }
            // Nothing is told again, and nothing is left out, when both write.
            desks.southBus.lookAgain()
            try await desks.north.conversations.acknowledge(nil, Watermarks(delivered: 1), by: .customer(world.kim.principal))
            try await desks.south.conversations.acknowledge(conversation, Watermarks(read: 1), by: .member(world.ada))
            await ada.outlet.hear { $0.hasPrefix(#"{"type":"receipt""#) && $0.contains(world.ada.member.description) }
            #expect(ada.outlet.count(#"{"type":"receipt""#, world.bo.member.description) == 1)
            #expect(ada.outlet.count(#"{"type":"receipt""#, world.kim.id.description) == 1)
            #expect(phone.outlet.count(mark) == 1)
            for connection in [kim, ada, phone] { connection.live.finish() }
        }
    }

    @Test("many marks on both instances end where the database ends")
    func many() async throws {
        let desks = try await TwoDesks()
        let world = desks.world
        let conversation = try await world.greeted()
        for number in 2...40 { try await world.post(.text("\(number)"), by: .customer(world.kim.principal)) }
        for bus in [desks.northBus, desks.southBus] {
            bus.weather(bySeed: 3)
        }
        try await desks.living {
            var connections: [TwoDesks.Connection] = []
            for desk in [desks.north, desks.south] {
                let cursors = Cursors(epoch: "epoch", conversations: [conversation: 40])
                connections.append(try await desks.connect(.member(world.ada), to: desk, cursors))
            }
            try await withThrowingTaskGroup { group in
                let writers = [(desks.north, world.bo), (desks.south, world.bo), (desks.south, world.ada), (desks.north, world.ada)]
                for (desk, member) in writers {
                    group.addTask {
                        for number in 1...40 {
                            try await desk.conversations.acknowledge(
                                conversation, Watermarks(delivered: 40, read: Int64(number)), by: .member(member))
                        }
                    }
                }
                try await group.waitForAll()
            }
            for bus in [desks.northBus, desks.southBus] { bus.lookAgain() }
            for connection in connections {
                for member in [world.ada, world.bo] {
                    await connection.outlet.hear {
                        $0.hasPrefix(#"{"type":"receipt""#) && $0.contains(member.member.description)
                            && $0.contains(#""delivered":40,"read":40}"#)
                    }
                }
                connection.live.finish()
            }
        }
    }

    @Test("typing goes by the bus alone, to the others and to nobody twice")
    func typing() async throws {
        let desks = try await TwoDesks()
        let world = desks.world
        let conversation = try await world.greeted()
        try await desks.living {
            let cursors = Cursors(epoch: "epoch", conversations: [conversation: 1])
            let bo = try await desks.connect(.member(world.bo), to: desks.north, cursors)
            let ada = try await desks.connect(.member(world.ada), to: desks.south, cursors)
            let kim = try await desks.connect(.customer(world.kim.principal), to: desks.south)
            let cy = try await desks.connect(.member(world.cy), to: desks.south)
            #expect(await bo.live.handle(.typing(conversation, on: true)))
            for outlet in [ada.outlet, kim.outlet] { await outlet.hear { $0.hasPrefix(#"{"type":"typing""#) && $0.contains("\"Bo\"") } }
            desks.southBus.weather(.lost)
            #expect(await bo.live.handle(.typing(conversation, on: false)))
            desks.southBus.weather(.fair)
            desks.southBus.lookAgain()
            try await desks.mark("end", at: desks.north, in: conversation, seenBy: ada.outlet)
            for outlet in [ada.outlet, kim.outlet] { #expect(outlet.count(#"{"type":"typing""#) == 1) }
            for outlet in [bo.outlet, cy.outlet] { #expect(outlet.count(#"{"type":"typing""#) == 0) }
            for connection in [bo, ada, kim, cy] { connection.live.finish() }
        }
    }
}
