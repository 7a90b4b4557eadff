import Bus
@testable import Desk
import DeskProtocol
import Logging
import TestSupport
import Testing
import Vocabulary

@Suite("Live sessions")
struct LiveSessionTests {
    /// Runs `body` while the desk delivers.
    private func withDelivery(_ world: DeskWorld, _ body: @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup { group in
            group.addTask { try await DeskService(world.desk, logger: Logger(label: "test")).run() }
            try await body()
            group.cancelAll()
        }
    }

    private func session(_ principal: Principal, _ world: DeskWorld) -> (LiveSession, RecordingOutlet) {
        let outlet = RecordingOutlet(withPresence: false)
        return (LiveSession(principal, connection: ULID.make(at: world.clock.now()).description, desk: world.desk, outlet: outlet), outlet)
    }

    @Test("a member that was away gets exactly what it missed, then what is new")
    func resumes() async throws {
        let world = try await DeskWorld()
        let conversation = try await world.greeted()
        try await world.post(.text("anyone?"), by: .customer(world.kim.principal))
        try await withDelivery(world) {
            let (live, outlet) = session(.member(world.ada), world)
            try await live.begin(Cursors(epoch: "epoch", feed: 0, conversations: [conversation: 1]))
            #expect(outlet.types().prefix(4) == ["ready", "feed", "events", "resumed"])
            let before = outlet.frames.count
            try await world.post(.text("here!"), by: .member(world.bo), in: conversation)
            let after = await outlet.frames(atLeast: before + 2).dropFirst(before)
            #expect(after.contains { $0.contains("here!") && $0.hasPrefix("{\"type\":\"events\"") })
            #expect(after.contains { $0.hasPrefix("{\"type\":\"feed\"") })
            live.finish()
        }
    }

    @Test("another epoch, a cursor beyond the log and a foreign conversation are said, not guessed")
    func resets() async throws {
        let world = try await DeskWorld()
        let conversation = try await world.greeted()
        let reset = { (cursors: Cursors, principal: Principal) in
            let (live, outlet) = session(principal, world)
            try await live.begin(cursors)
            live.finish()
            return outlet.frames.filter { $0.hasPrefix("{\"type\":\"reset\"") }
        }
        #expect(
            try await reset(Cursors(epoch: "other", feed: 1), .member(world.bo)) == [#"{"type":"reset","scope":"all","reason":"epoch"}"#])
        #expect(
            try await reset(Cursors(epoch: "epoch", feed: 99), .member(world.bo)) == [#"{"type":"reset","scope":"feed","reason":"ahead"}"#])
        #expect(
            try await reset(Cursors(epoch: "epoch", conversations: [conversation: 99]), .member(world.bo))
                == [#"{"type":"reset","scope":"conversation","conversation":"\#(conversation)","reason":"ahead"}"#])
        #expect(
            try await reset(Cursors(epoch: "epoch", conversations: [conversation: 0]), .member(world.cy))
                == [#"{"type":"reset","scope":"conversation","conversation":"\#(conversation)","reason":"gone"}"#])
        #expect(
            try await reset(Cursors(epoch: "epoch", conversations: [conversation: 99]), .customer(world.kim.principal))
                == [#"{"type":"reset","scope":"conversation","conversation":"\#(conversation)","reason":"ahead"}"#])
    }

    @Test("an agent whose shops changed while it was away starts anew, an owner goes on")
    func restaffed() async throws {
        let world = try await DeskWorld()
        let before = try await world.desk.inbox.list(.all, shop: nil, after: nil, limit: 1, for: world.cy).feed
        try await world.desk.shops.replaceStaff(of: world.lantern.id, with: [world.cy.member], by: world.ada)
        for (member, isReset) in [(world.cy, true), (world.ada, false)] {
            let (live, outlet) = session(.member(member), world)
            try await live.begin(Cursors(epoch: "epoch", feed: before))
            live.finish()
            #expect(outlet.frames.contains(#"{"type":"reset","scope":"all","reason":"access"}"#) == isReset)
        }
    }

    @Test("an agent that loses a shop hears nothing more of what it had open")
    func losesAccess() async throws {
        let world = try await DeskWorld()
        let conversation = try await world.greeted()
        try await withDelivery(world) {
            let (live, outlet) = session(.member(world.bo), world)
            try await live.begin(Cursors(epoch: "epoch", conversations: [conversation: 1]))
            let before = outlet.frames.count
            try await world.desk.shops.replaceStaff(of: world.lantern.id, with: [], by: world.ada)
            try await world.post(.text("secret"), by: .customer(world.kim.principal))
            // The reset, and two numbers of the feed without content.
            let heard = await outlet.frames(atLeast: before + 3).dropFirst(before)
            #expect(heard.contains(#"{"type":"reset","scope":"all","reason":"access"}"#))
            #expect(heard.count { $0.contains("\"kind\":\"hidden\"") } == 2)
            #expect(!heard.joined().contains("secret"))
            live.finish()
        }
    }

    @Test("an agent that loses a shop while a conversation is looked up for it does not come to follow it")
    func losesAccessMeanwhile() async throws {
        let world = try await DeskWorld()
        let conversation = try await world.greeted()
        try await withDelivery(world) {
            let (live, outlet) = session(.member(world.bo), world)
            try await live.begin(Cursors())
            let before = outlet.frames.count
            let hold = world.database.holdNextRead()
            async let opened = live.handle(.open(conversation, after: 0))
            // Found, and allowed: it is told so only after the rights have gone.
            await hold.isReached.wait()
            try await world.desk.shops.replaceStaff(of: world.lantern.id, with: [], by: world.ada)
            // Who is there may be told in between.
            let lost = #"{"type":"reset","scope":"all","reason":"access"}"#
            var told = before
            while !outlet.frames.dropFirst(before).contains(lost) { told = await outlet.frames(atLeast: told + 1).count }
            hold.isReleased.give()
            #expect(await opened)
            #expect(!live.isOpen(.conversation(conversation)))
            let known = outlet.frames.count
            try await world.post(.text("secret"), by: .customer(world.kim.principal))
            _ = await outlet.frames(atLeast: known + 1)
            let heard = outlet.frames.dropFirst(before)
            #expect(heard.contains(lost))
            #expect(!heard.contains { $0.hasPrefix("{\"type\":\"events\"") || $0.contains("secret") || $0.contains("\"hi\"") })
            live.finish()
        }
    }

    @Test("who may not see a shop gets the number and nothing else")
    func hidden() async throws {
        let world = try await DeskWorld()
        try await withDelivery(world) {
            let (live, outlet) = session(.member(world.cy), world)
            try await live.begin(Cursors())
            let before = outlet.frames.count
            _ = try await world.greeted()
            // Who is there may be told in between.
            var (known, frame) = (before, "\"presence\"")
            while frame.contains("\"presence\"") {
                frame = try #require(await outlet.frames(atLeast: known + 1).dropFirst(known).first)
                known += 1
            }
            #expect(frame.contains("\"kind\":\"hidden\""))
            #expect(!frame.contains("Kim"))
            live.finish()
        }
    }

    @Test("notes, assignments and other people's marks never reach a customer")
    func hiddenFromCustomers() async throws {
        let world = try await DeskWorld()
        let conversation = try await world.greeted()
        try await withDelivery(world) {
            let (live, outlet) = session(.customer(world.kim.principal), world)
            try await live.begin(Cursors())
            let before = outlet.frames.count
            try await world.post(.note("secret"), by: .member(world.bo), in: conversation)
            try await world.post(.assign(world.bo.member), by: .member(world.ada), in: conversation)
            try await world.post(.text("hello"), by: .member(world.bo), in: conversation)
            var frames = await outlet.frames(atLeast: before + 1)
            // What was said before may be told once more to who has just come: clients drop what they have.
            while frames.last?.contains("\"seq\":2") != true { frames = await outlet.frames(atLeast: frames.count + 1) }
            let texts = frames.dropFirst(before).filter { $0.hasPrefix("{\"type\":\"events\"") }
            #expect(texts.allSatisfy { $0.contains("\"hello\"") || $0.contains("\"hi\"") }, "\(frames)")
            #expect(!frames.joined().contains("secret") && !frames.joined().contains("assign"), "\(frames)")
            live.finish()
        }
    }

    @Test("every refusal is a frame with a code")
    func refusals() async throws {
        let world = try await DeskWorld()
        let conversation = try await world.greeted()
        let (live, outlet) = session(.customer(world.kim.principal), world)
        try await live.begin(Cursors())
        let send = Send(conversation: nil, clientID: ULID.make(at: world.clock.now()), basedOn: nil, act: .note("x"))
        #expect(await live.handle(.send(send, ref: 1)))
        #expect(outlet.frames.last?.contains(#""type":"nack","code":"forbidden""#) == true)
        #expect(await !live.handle(.open(conversation, after: 0)))
        #expect(outlet.frames.last?.contains(#""type":"error","code":"forbidden""#) == true)
        #expect(await !live.handle(.syncFeed(after: 0)))
        #expect(await !live.handle(.initialise(Initialise(protocolVersion: 1, ticket: "", cursors: Cursors()))))
        #expect(outlet.frames.last?.contains("init_twice") == true)
        live.finish()
    }

    @Test("a visitor that sends too fast is told when to go on")
    func limited() async throws {
        let world = try await DeskWorld()
        let (live, outlet) = session(.customer(world.kim.principal), world)
        try await live.begin(Cursors())
        for number in 0..<21 {
            let send = Send(conversation: nil, clientID: ULID.make(at: world.clock.now()), basedOn: nil, act: .text("\(number)"))
            _ = await live.handle(.send(send, ref: Int64(number)))
        }
        let last = try #require(outlet.frames.last)
        #expect(last.contains(#""code":"rate_limited""#) && last.contains(#""retryAfterMs":251"#) && last.contains(#""final":false"#))
        live.finish()
    }

    @Test("a ninth connection of one visitor ends the oldest")
    func givesWay() async throws {
        let world = try await DeskWorld()
        var sessions: [(LiveSession, RecordingOutlet)] = []
        for _ in 0..<9 {
            world.clock.advance(by: .milliseconds(1))
            let pair = session(.customer(world.kim.principal), world)
            try await pair.0.begin(Cursors())
            sessions.append(pair)
        }
        #expect(sessions.map { $0.1.closeCode } == [1013] + Array(repeating: nil, count: 8))
        for (live, _) in sessions { live.finish() }
    }

    @Test("a session that ended closes its sockets at once")
    func revoked() async throws {
        let world = try await DeskWorld()
        try await withDelivery(world) {
            let (live, outlet) = session(.member(world.bo), world)
            try await live.begin(Cursors())
            // The service listens from its first moment on; a delivered change shows that it runs.
            let before = outlet.frames.count
            _ = try await world.greeted()
            _ = await outlet.frames(atLeast: before + 1)
            world.bus.ring(.sessionEnded(world.bo.session))
            #expect(outlet.closeCode == 4403)
        }
    }
}
