@testable import Desk
import DeskProtocol
import Testing
import Vocabulary

@Suite("What a conversation accepts")
struct ConversationRulesTests {
    private let now = Timestamp(milliseconds: 1_000)
    private let ada = MemberID(ULID(time: Timestamp(milliseconds: 1), randomness: (0, 1)))
    private let kim = CustomerID(ULID(time: Timestamp(milliseconds: 1), randomness: (0, 2)))

    private var byAda: Author { .member(ada, name: "Ada") }
    private var byKim: Author { .customer(kim, name: "Kim") }
    private var clientID: ULID { ULID.make(at: now) }

    private func conversation(_ change: (inout Conversation) -> Void = { _ in }) -> Conversation {
        let customer = Customer(
            id: kim, workspace: .make(at: now), shop: .make(at: now), details: CustomerDetails(name: "Kim"), createdAt: now, lastSeenAt: now
        )
        var conversation = Conversation.opening(for: customer, at: now)
        change(&conversation)
        return conversation
    }

    @Test("numbers events densely, and public ones apart")
    func numbers() throws {
        var talk = conversation()
        for (act, author) in [
            (Act.text("hi"), byKim), (.note("rude?"), byAda), (.text("hello"), byAda), (.assign(ada), byAda), (.resolve, byAda),
        ] {
            talk = try talk.accepting(act, by: author, clientID: clientID, assigneeName: "Ada", at: now).conversation
        }
        #expect(talk.lastSeq == 5)
        #expect(talk.lastPubSeq == 3)
        #expect(talk.customerMessages == 1)
        #expect(talk.assignee == ada)
        #expect(talk.isResolved)
        // The row shows what was said last, not what was done.
        #expect(talk.lastText == "hello")
    }

    @Test("a customer's message reopens what was resolved, in the same step")
    func reopens() throws {
        let resolved = conversation { $0.isResolved = true }
        let accepted = try resolved.accepting(.text("one more thing"), by: byKim, clientID: clientID, at: now)
        #expect(accepted.events.map(\.body) == [.reopened, .message(text: "one more thing")])
        #expect(accepted.events.map(\.seq) == [1, 2])
        #expect(!accepted.conversation.isResolved)
    }

    @Test("a member's message leaves it resolved")
    func staysResolved() throws {
        let resolved = conversation { $0.isResolved = true }
        #expect(try resolved.accepting(.text("bye"), by: byAda, clientID: clientID, at: now).conversation.isResolved)
    }

    @Test("what is so already writes nothing")
    func unchanged() throws {
        let open = conversation { $0.assignee = ada }
        #expect(try open.accepting(.reopen, by: byAda, clientID: clientID, at: now).events.isEmpty)
        #expect(try open.accepting(.assign(ada), by: byAda, clientID: clientID, at: now).events.isEmpty)
        let resolved = conversation { $0.isResolved = true }
        #expect(try resolved.accepting(.resolve, by: byAda, clientID: clientID, at: now).events.isEmpty)
    }

    @Test("customers only write", arguments: [Act.note("x"), .assign(nil), .resolve, .reopen])
    func customersOnlyWrite(_ act: Act) {
        #expect(throws: DeskError.refused(.forbidden, "only staff may do this")) {
            try conversation().accepting(act, by: byKim, clientID: clientID, at: now)
        }
    }

    @Test("a text has at least one and at most 10,000 characters")
    func lengths() throws {
        let code = { (text: String) -> String? in
            do {
                _ = try conversation().accepting(.text(text), by: byKim, clientID: clientID, at: now)
                return nil
            } catch { return (error as? DeskError)?.code }
        }
        #expect(code(" \n\u{0}\t ") == "desk.text_empty")
        #expect(code(String(repeating: "好", count: 10_000)) == nil)
        #expect(code(String(repeating: "好", count: 10_001)) == "desk.text_too_long")
        // Four thousand families are 100,000 bytes.
        #expect(code(String(repeating: "👨‍👩‍👧‍👦", count: 4_000)) == "desk.text_too_long")
    }

    @Test("previews are cut between characters")
    func previews() throws {
        let preview = { (text: String) in
            try conversation().accepting(.text(text), by: byKim, clientID: clientID, at: now).conversation.row.lastText
        }
        let chinese = String(repeating: "客服系统", count: 100)
        #expect(try preview(chinese) == String(chinese.prefix(120)) + "…")
        // 25 bytes and 3 bytes: seventeen families and as many characters fit into 480 bytes.
        #expect(try preview(String(repeating: "👨‍👩‍👧‍👦客", count: 100)) == String(repeating: "👨‍👩‍👧‍👦客", count: 17) + "…")
        // One character of 20,001 scalars doesn't fill every console.
        #expect(try preview("e" + String(repeating: "\u{301}", count: 15_000)).utf8.count <= 483)
    }

    @Test("control characters do not reach the log")
    func cleaned() throws {
        let accepted = try conversation().accepting(.text("a\u{0}b\u{1B}[31m\nc"), by: byKim, clientID: clientID, at: now)
        #expect(accepted.events.map(\.body) == [.message(text: "ab[31m\nc")])
    }

    @Test("time never runs backwards inside a conversation")
    func monotonic() throws {
        let later = conversation { $0.lastAt = Timestamp(milliseconds: 9_000) }
        #expect(try later.accepting(.text("x"), by: byKim, clientID: clientID, at: now).events.first?.at == Timestamp(milliseconds: 9_000))
    }
}
