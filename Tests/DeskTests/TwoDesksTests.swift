import Bus
@testable import Desk
import DeskProtocol
import Logging
import Storage
import TestSupport
import Testing
import Vocabulary

@Suite("Two instances, one desk", .timeLimit(.minutes(2)))
struct TwoDesksTests {
    @Test("everybody hears everything once and in the database's order, whatever becomes of the hints", arguments: 0..<6 as Range<UInt64>)
    func order(seed: UInt64) async throws {
        let desks = try await TwoDesks()
        let world = desks.world
        let conversation = try await world.greeted()
        for (number, bus) in [desks.northBus, desks.southBus].enumerated() {
            bus.weather(bySeed: seed * 2 + UInt64(number))
        }
        try await desks.living {
            let start = try await desks.north.inbox.list(.all, shop: nil, after: nil, limit: 1, for: world.ada).feed
            let cursors = Cursors(epoch: "epoch", feed: start, conversations: [conversation: 0])
            var staff: [TwoDesks.Connection] = []
            var visitors: [TwoDesks.Connection] = []
            for desk in [desks.north, desks.south] {
                staff.append(try await desks.connect(.member(world.ada), to: desk, cursors))
                staff.append(try await desks.connect(.member(world.bo), to: desk, cursors))
                visitors.append(
                    try await desks.connect(
                        .customer(world.kim.principal), to: desk, Cursors(epoch: "epoch", conversations: [conversation: 0])))
            }
            try await withThrowingTaskGroup { group in
                for desk in [desks.north, desks.south] {
                    for person in [Principal.member(world.ada), .member(world.bo), .customer(world.kim.principal)] {
                        group.addTask {
                            for number in 0..<15 {
                                let isNote = number % 4 == 3 && person.audience == .staff
                                try await desks.post(
                                    isNote ? .note("\(number)") : .text("\(number)"), by: person, at: desk,
                                    in: person.audience == .staff ? conversation : nil)
                                if number % 5 == 0 {
                                    desks.northBus.release()
                                    desks.southBus.release()
                                }
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            for bus in [desks.northBus, desks.southBus] { bus.lookAgain() }
            let log = try await desks.north.conversations.history(conversation, after: 0, limit: 1_000, for: .member(world.ada)).events
            #expect(log.count == 91)
            let open = try #require(log.last).seq
            for connection in staff {
                await connection.outlet.hear { $0.contains(#"{"seq":\#(open),"pubSeq""#) }
                let top = try await desks.north.inbox.list(.all, shop: nil, after: nil, limit: 1, for: world.ada).feed
                await connection.outlet.hear { $0.hasPrefix(#"{"type":"feed""#) && $0.contains(#"{"seq":\#(top),"#) }
                #expect(connection.outlet.eventNumbers() == Array(1...Int(open)))
                #expect(connection.outlet.feedNumbers() == Array(Int(start) + 1...Int(top)))
            }
            let publicTop = try #require(log.last { $0.body.isPublic }).pubSeq
            for connection in visitors {
                await connection.outlet.hear { $0.hasPrefix(#"{"type":"events""#) && $0.contains(#"{"seq":\#(publicTop),"#) }
                #expect(connection.outlet.eventNumbers() == Array(1...Int(publicTop)))
                #expect(!connection.outlet.frames.joined().contains("\"note\""))
            }
            // What was told is what is stored, under the same ids.
            let heard = visitors.map { $0.outlet.frames.joined() }
            for event in log where event.body.isPublic { #expect(heard.allSatisfy { $0.contains(event.id.description) }) }
            for connection in staff + visitors { connection.live.finish() }
        }
    }

    @Test("one read serves all sockets of the other instance; what is written here is told without any")
    func reads() async throws {
        let desks = try await TwoDesks()
        let world = desks.world
        let conversation = try await world.greeted()
        try await desks.living {
            let cursors = Cursors(epoch: "epoch", conversations: [conversation: 1])
            var connections: [TwoDesks.Connection] = []
            for _ in 0..<20 { connections.append(try await desks.connect(.member(world.ada), to: desks.south, cursors)) }
            let here = try await desks.connect(.member(world.bo), to: desks.north, cursors)
            let before = world.database.reads
            try await desks.post(.text("from the north"), by: .customer(world.kim.principal), at: desks.north)
            for connection in connections + [here] { await connection.outlet.hear { $0.contains("from the north") } }
            #expect(world.database.reads - before == 1)
            try await desks.post(.text("from the south"), by: .customer(world.kim.principal), at: desks.south)
            for connection in connections { await connection.outlet.hear { $0.contains("from the south") } }
            await here.outlet.hear { $0.contains("from the south") }
            #expect(world.database.reads - before == 2)
            for connection in connections + [here] { connection.live.finish() }
        }
    }

    @Test("a hint that is lost delays, and the next look heals it; nothing is told again by it")
    func lost() async throws {
        let desks = try await TwoDesks()
        let world = desks.world
        let conversation = try await world.greeted()
        desks.southBus.weather(.lost)
        try await desks.living {
            let south = try await desks.connect(
                .member(world.ada), to: desks.south, Cursors(epoch: "epoch", conversations: [conversation: 1]))
            try await desks.post(.text("lost"), by: .customer(world.kim.principal), at: desks.north)
            try await desks.post(.note("as well"), by: .member(world.bo), at: desks.north, in: conversation)
            desks.southBus.lookAgain()
            await south.outlet.hear { $0.contains("as well") }
            desks.southBus.lookAgain()
            // Written here: what others wrote before it comes first, without any hint.
            try await desks.post(.text("lost again"), by: .customer(world.kim.principal), at: desks.north)
            try await desks.mark("end", at: desks.south, in: conversation, seenBy: south.outlet)
            #expect(south.outlet.eventNumbers() == [2, 3, 4, 5])
            south.live.finish()
        }
    }

    @Test("without any bus an instance finds by itself what others wrote")
    func polls() async throws {
        let desks = try await TwoDesks(looksEvery: .milliseconds(50))
        let world = desks.world
        let conversation = try await world.greeted()
        desks.southBus.weather(.lost)
        try await withThrowingTaskGroup { group in
            group.addTask { try await DeskService(desks.south, logger: .silent).run() }
            let south = try await desks.connect(
                .member(world.ada), to: desks.south, Cursors(epoch: "epoch", conversations: [conversation: 1]))
            try await desks.post(.text("unheard"), by: .customer(world.kim.principal), at: desks.north)
            await south.outlet.hear { $0.contains("unheard") }
            south.live.finish()
            group.cancelAll()
        }
    }

    @Test("a client goes on at the other instance exactly where it stopped at the first")
    func resumes() async throws {
        let desks = try await TwoDesks()
        let world = desks.world
        let conversation = try await world.greeted()
        try await desks.living {
            let feed = try await desks.north.inbox.list(.all, shop: nil, after: nil, limit: 1, for: world.bo).feed
            let first = try await desks.connect(
                .member(world.bo), to: desks.north, Cursors(epoch: "epoch", feed: feed, conversations: [conversation: 1]))
            try await desks.mark("seen", at: desks.north, in: conversation, seenBy: first.outlet)
            first.live.finish()
            try await desks.post(.text("missed"), by: .customer(world.kim.principal), at: desks.north)
            let second = try await desks.connect(
                .member(world.bo), to: desks.south, Cursors(epoch: "epoch", feed: feed + 1, conversations: [conversation: 2]))
            try await desks.mark("new", at: desks.north, in: conversation, seenBy: second.outlet)
            #expect(second.outlet.eventNumbers() == [3, 4])
            #expect(second.outlet.feedNumbers() == [Int(feed) + 2, Int(feed) + 3])
            #expect(second.outlet.count("\"reset\"") == 0)
            second.live.finish()
        }
    }

    @Test("a database that answers late delays the workspace, not what needs no read, and loses nothing")
    func slowRead() async throws {
        let desks = try await TwoDesks()
        let world = desks.world
        let conversation = try await world.greeted()
        try await desks.living {
            let south = try await desks.connect(
                .member(world.ada), to: desks.south, Cursors(epoch: "epoch", conversations: [conversation: 1]))
            let hold = world.database.holdNextRead()
            try await desks.post(.text("one"), by: .customer(world.kim.principal), at: desks.north)
            await hold.isReached.wait()
            // It read "one"; these are written while it is on its way.
            try await desks.post(.text("two"), by: .customer(world.kim.principal), at: desks.north)
            try await desks.post(.text("three"), by: .member(world.bo), at: desks.south, in: conversation)
            desks.south.delivery.committed(
                .typing(
                    Delivery.Typing(
                        conversation: conversation, customer: world.kim.id, by: .customer(world.kim.id, name: "Kim"), on: true,
                        connection: "")))
            await south.outlet.hear { $0.contains("\"typing\"") }
            #expect(south.outlet.eventNumbers().isEmpty)
            hold.isReleased.give()
            await south.outlet.hear { $0.contains("three") }
            #expect(south.outlet.eventNumbers() == [2, 3, 4])
            south.live.finish()
        }
    }

    @Test("a workspace that nobody here hears of any more is not read, and nothing is missing when somebody comes back")
    func unheard() async throws {
        let desks = try await TwoDesks()
        let world = desks.world
        let conversation = try await world.greeted()
        try await desks.living {
            let first = try await desks.connect(.member(world.ada), to: desks.south)
            first.live.finish()
            let before = world.database.reads
            for number in 0..<5 { try await desks.post(.text("\(number)"), by: .customer(world.kim.principal), at: desks.north) }
            #expect(world.database.reads == before)
            let second = try await desks.connect(
                .member(world.ada), to: desks.south, Cursors(epoch: "epoch", conversations: [conversation: 1]))
            try await desks.mark("back", at: desks.north, in: conversation, seenBy: second.outlet)
            #expect(second.outlet.eventNumbers() == Array(2...7))
            second.live.finish()
        }
    }
}
