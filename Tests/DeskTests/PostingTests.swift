@testable import Desk
import DeskProtocol
import TestSupport
import Testing
import Vocabulary

@Suite("Posting")
struct PostingTests {
    @Test("a retry gets the first acknowledgement again and stores nothing")
    func idempotent() async throws {
        let world = try await DeskWorld()
        let clientID = ULID.make(at: world.clock.now())
        let first = try await world.post(.text("hi"), by: .customer(world.kim.principal), clientID: clientID)
        let again = try await world.post(.text("  hi "), by: .customer(world.kim.principal), clientID: clientID)
        #expect(again.seq == first.seq)
        #expect(again.event == first.event)
        #expect(again.isDuplicate && !first.isDuplicate)
        let log = try await world.desk.conversations.history(first.conversation, after: 0, limit: 200, for: .member(world.ada))
        #expect(log.events.count == 1)
    }

    @Test("the same clientID with other content is refused")
    func reused() async throws {
        let world = try await DeskWorld()
        let clientID = ULID.make(at: world.clock.now())
        try await world.post(.text("hi"), by: .customer(world.kim.principal), clientID: clientID)
        let error = await #expect(throws: DeskError.self) {
            _ = try await world.post(.text("ho"), by: .customer(world.kim.principal), clientID: clientID)
        }
        #expect(error?.code == "desk.client_id_reused")
    }

    @Test("a hundred sends at once get dense numbers, each its own")
    func dense() async throws {
        let world = try await DeskWorld()
        let conversation = try await world.greeted()
        let numbers = try await withThrowingTaskGroup(of: Int64.self) { group in
            for number in 0..<100 {
                group.addTask { try await world.post(.text("\(number)"), by: .member(world.ada), in: conversation).seq }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(numbers.sorted() == Array(2...101))
    }

    @Test("nobody answers over what they have not seen")
    func stale() async throws {
        let world = try await DeskWorld()
        let conversation = try await world.greeted()
        try await world.post(.text("I take it"), by: .member(world.bo), in: conversation)
        let error = await #expect(throws: DeskError.self) {
            _ = try await world.post(.text("me too"), by: .member(world.ada), in: conversation, basedOn: 1)
        }
        guard case .stale(let events)? = error else { Issue.record("not stale: \(String(describing: error))"); return }
        #expect(events.map(\.seq) == [2])
        // One's own newer messages are no news.
        try await world.post(.text("and another"), by: .member(world.bo), in: conversation, basedOn: 1)
    }

    @Test("hidden notes leave no holes in the customer's numbers")
    func noHoles() async throws {
        let world = try await DeskWorld()
        let conversation = try await world.greeted()
        try await world.post(.note("careful"), by: .member(world.bo), in: conversation)
        try await world.post(.assign(world.bo.member), by: .member(world.ada), in: conversation)
        try await world.post(.text("hello"), by: .member(world.bo), in: conversation)
        let seen = try await world.desk.conversations.snapshot(for: world.kim.principal)
        #expect(seen.page.events.map(\.pubSeq) == [1, 2])
        #expect(seen.page.events.map(\.body) == [.message(text: "hi"), .message(text: "hello")])
    }

    @Test("what is not yours does not exist")
    func notFound() async throws {
        let world = try await DeskWorld()
        let conversation = try await world.greeted()
        let other = try await world.desk.customers.make(in: world.lantern, name: nil, email: nil, page: nil, origin: nil).0
        for principal in [Principal.member(world.cy), .member(world.stranger), .customer(other.principal)] {
            let error = await #expect(throws: DeskError.self) { _ = try await world.post(.text("x"), by: principal, in: conversation) }
            #expect(error?.code == "desk.not_found")
            let history = await #expect(throws: DeskError.self) {
                _ = try await world.desk.conversations.history(conversation, after: 0, limit: 10, for: principal)
            }
            #expect(history?.code == "desk.not_found")
        }
    }

    @Test("an agent gets only what it can see")
    func assignee() async throws {
        let world = try await DeskWorld()
        let conversation = try await world.greeted()
        for member in [world.cy.member, .make(at: world.clock.now())] {
            let error = await #expect(throws: DeskError.self) {
                _ = try await world.post(.assign(member), by: .member(world.ada), in: conversation)
            }
            #expect(error?.code == "desk.member_unknown")
        }
        #expect(try await world.post(.assign(world.bo.member), by: .member(world.ada), in: conversation).seq == 2)
        let again = try await world.post(.assign(world.bo.member), by: .member(world.ada), in: conversation)
        #expect(again.isUnchanged && again.seq == 2)
    }

    @Test("first messages sent twice at once open one conversation")
    func oneConversation() async throws {
        let world = try await DeskWorld()
        let clientID = ULID.make(at: world.clock.now())
        async let first = world.post(.text("hi"), by: .customer(world.kim.principal), clientID: clientID)
        async let second = world.post(.text("hi"), by: .customer(world.kim.principal), clientID: clientID)
        let both = try await [first, second]
        #expect(Set(both.map(\.conversation)).count == 1)
        #expect(Set(both.map(\.seq)) == [1])
    }
}

@Suite("Receipts and unread")
struct ReceiptTests {
    @Test("marks only rise, are cut to the log, and a read is a delivery")
    func monotonic() async throws {
        let world = try await DeskWorld()
        let conversation = try await world.greeted()
        let mark = { (marks: Watermarks) in
            try await world.desk.conversations.acknowledge(conversation, marks, by: .member(world.bo))
            return try await world.desk.conversations.snapshot(conversation, for: world.bo)
        }
        var snapshot = try await mark(Watermarks(read: 99))
        #expect(snapshot.mark == ReadMark(conversation: conversation, read: 1, customerMessages: 1))
        snapshot = try await mark(Watermarks(delivered: 0, read: 0))
        #expect(snapshot.mark.read == 1)
        #expect(snapshot.receipts.map(\.delivered) == [1])
    }

    @Test("unread counts are each member's own")
    func unread() async throws {
        let world = try await DeskWorld()
        let conversation = try await world.greeted()
        try await world.post(.text("are you there?"), by: .customer(world.kim.principal))
        try await world.desk.conversations.acknowledge(conversation, Watermarks(read: 1), by: .member(world.bo))
        let bo = try await world.desk.inbox.list(.all, shop: nil, after: nil, limit: 10, for: world.bo)
        #expect(bo.page.items.map(\.customerMessages) == [2])
        #expect(bo.marks == [ReadMark(conversation: conversation, read: 1, customerMessages: 1)])
        #expect(try await world.desk.inbox.counts(for: world.bo)[.all] == Inbox.Count(conversations: 1, unread: 1))
        #expect(try await world.desk.inbox.list(.all, shop: nil, after: nil, limit: 10, for: world.ada).marks.isEmpty)
    }

    @Test("reopening by a message counts that message once, wherever the reader stopped")
    func reopened() async throws {
        let world = try await DeskWorld()
        let conversation = try await world.greeted()
        try await world.post(.resolve, by: .member(world.bo), in: conversation)
        try await world.post(.text("again"), by: .customer(world.kim.principal))
        // 1 hi, 2 resolved, 3 reopened, 4 again
        try await world.desk.conversations.acknowledge(conversation, Watermarks(read: 3), by: .member(world.bo))
        #expect(try await world.desk.conversations.snapshot(conversation, for: world.bo).mark.customerMessages == 1)
        try await world.desk.conversations.acknowledge(conversation, Watermarks(read: 4), by: .member(world.bo))
        #expect(try await world.desk.conversations.snapshot(conversation, for: world.bo).mark.customerMessages == 2)
    }

    @Test("the customer sees the staff's furthest marks, in its own numbers")
    func merged() async throws {
        let world = try await DeskWorld()
        let conversation = try await world.greeted()
        try await world.post(.note("hm"), by: .member(world.bo), in: conversation)
        try await world.post(.text("two"), by: .customer(world.kim.principal))
        try await world.desk.conversations.acknowledge(conversation, Watermarks(read: 2), by: .member(world.bo))
        try await world.desk.conversations.acknowledge(conversation, Watermarks(delivered: 3), by: .member(world.ada))
        let seen = try await world.desk.conversations.snapshot(for: world.kim.principal)
        #expect(seen.receipts.map(\.delivered) == [2])
        #expect(seen.receipts.map(\.read) == [1])
    }
}

@Suite("The inbox")
struct InboxTests {
    @Test("pages through everything once, newest first")
    func pages() async throws {
        let world = try await DeskWorld()
        var made: [ConversationID] = []
        for number in 0..<25 {
            world.clock.advance(by: .milliseconds(number % 3 == 0 ? 0 : 1))
            let customer = try await world.desk.customers.make(in: world.lantern, name: "\(number)", email: nil, page: nil, origin: nil).0
            made.append(try await world.post(.text("hi"), by: .customer(customer.principal)).conversation)
        }
        var seen: [ListRow] = []
        var cursor: Cursor?
        repeat {
            let listing = try await world.desk.inbox.list(.all, shop: nil, after: cursor, limit: 7, for: world.bo)
            seen += listing.page.items
            cursor = listing.page.next
        } while cursor != nil
        #expect(seen.count == 25)
        #expect(Set(seen.map(\.id)) == Set(made))
        #expect(zip(seen, seen.dropFirst()).allSatisfy { ($0.lastAt, $0.id) > ($1.lastAt, $1.id) })
    }

    @Test("shows each view what belongs there, and each agent its shops")
    func views() async throws {
        let world = try await DeskWorld()
        let conversation = try await world.greeted()
        let ids = { (view: Inbox.View, member: MemberPrincipal) in
            try await world.desk.inbox.list(view, shop: nil, after: nil, limit: 10, for: member).page.items.map(\.id)
        }
        #expect(try await ids(.unassigned, world.bo) == [conversation])
        #expect(try await ids(.mine, world.bo).isEmpty)
        #expect(try await ids(.all, world.cy).isEmpty)
        #expect(try await ids(.all, world.stranger).isEmpty)
        try await world.post(.assign(world.bo.member), by: .member(world.bo), in: conversation)
        #expect(try await ids(.mine, world.bo) == [conversation])
        #expect(try await ids(.unassigned, world.ada).isEmpty)
        try await world.post(.resolve, by: .member(world.bo), in: conversation)
        #expect(try await ids(.mine, world.bo).isEmpty)
        #expect(try await ids(.resolved, world.ada) == [conversation])
    }
}
