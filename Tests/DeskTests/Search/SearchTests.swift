@testable import Desk
import DeskProtocol
import Storage
import TestSupport
import Testing
import Vocabulary

@Suite("Search")
struct SearchTests {
    private func said(_ world: DeskWorld, _ texts: String...) async throws -> ConversationID {
        var conversation: ConversationID?
        for text in texts {
            conversation = try await world.post(.text(text), by: .customer(world.kim.principal)).conversation
            world.clock.advance(by: .seconds(1))
        }
        try await world.desk.indexer.catchUp()
        return try #require(conversation)
    }

    @Test("messages, notes and the customer are found, newest first, with what is marked")
    func found() async throws {
        let world = try await DeskWorld()
        let conversation = try await said(world, "I want a refund", "for order 8812")
        try await world.post(.note("refunded by hand"), by: .member(world.bo), in: conversation)
        try await world.desk.indexer.catchUp()
        let hits = try await world.found("refun")
        #expect(hits.map(\.kind) == ["note", "message"])
        #expect(hits.map(\.seq) == [3, 1])
        #expect(hits.last?.excerpt == Excerpt(of: "I want a refund", marks: [9..<15]))
        #expect(hits.first?.row.id == conversation)
        let customer = try await world.found("KIM")
        #expect(customer.map(\.kind) == ["customer"])
        #expect(customer.first?.excerpt.text == "Kim")
        #expect(try await world.found("refund order").isEmpty)
        #expect(try await world.found("order 88").count == 1)
        #expect(try await world.found("\"refund for\"").isEmpty)
    }

    @Test("Chinese is found by any letters that stand next to each other")
    func chinese() async throws {
        let world = try await DeskWorld()
        _ = try await said(world, "您好,我想申请退款,谢谢", "退货的款项")
        for query in ["退款", "申请退款", "想", "款"] { #expect(try await world.found(query).map(\.seq).contains(1), "\(query)") }
        #expect(try await world.found("退款").count == 1)
        #expect(try await world.found("款申").isEmpty)
        #expect(try await world.found("退货 款项").map(\.seq) == [2])
    }

    @Test("an agent finds what is said in the shops it serves, a stranger nothing")
    func scope() async throws {
        let world = try await DeskWorld()
        _ = try await said(world, "secret lantern")
        #expect(try await world.found("lantern", by: world.bo).count == 1)
        #expect(try await world.found("lantern", by: world.cy).isEmpty)
        #expect(try await world.found("lantern", by: world.stranger).isEmpty)
        #expect(try await world.found("lantern", shop: world.anvil.id).isEmpty)
        #expect(try await world.found("lantern", shop: world.lantern.id).count == 1)
    }

    @Test("two workspaces with the same words don't meet, nor does one whose number begins another's")
    func workspaces() async throws {
        let world = try await DeskWorld()
        _ = try await said(world, "lantern")
        var others: [MemberPrincipal] = []
        for number in 0..<12 {
            let owner = world.stranger
            others.append(owner)
            let shop = try await world.desk.shops.make(ShopChange(name: "Other"), by: owner)
            let customer = try await world.desk.customers.make(in: shop, name: "Kim", email: nil, page: nil, origin: nil).0
            try await world.post(.text("lantern \(number)"), by: .customer(customer.principal))
        }
        try await world.desk.indexer.catchUp()
        for owner in others { #expect(try await world.found("lantern", by: owner).count == 1) }
        #expect(try await world.found("lantern").map(\.excerpt.text) == ["lantern"])
    }

    @Test("a customer is found by its new name and no longer by the old one")
    func renamed() async throws {
        let world = try await DeskWorld()
        _ = try await said(world, "hi")
        _ = try await world.desk.customers.change(world.kim, name: "Mina Lee", email: "mina@example.com", page: nil)
        try await world.desk.indexer.catchUp()
        #expect(try await world.found("mina@exam").map(\.excerpt.text) == ["Mina Lee · mina@example.com"])
        #expect(try await world.found("kim").isEmpty)
    }

    @Test("pages follow each other without a hit twice or missing, also of messages of one millisecond")
    func pages() async throws {
        let world = try await DeskWorld()
        for number in 0..<60 { try await world.post(.text("lamp \(number)"), by: .customer(world.kim.principal)) }
        try await world.desk.indexer.catchUp()
        var seen: [Int64] = []
        var cursor: Cursor?
        repeat {
            let page = try await world.desk.search.find("lamp", shop: nil, after: cursor, limit: 7, for: world.ada).page
            seen += page.items.map(\.seq)
            cursor = page.next
        } while cursor != nil
        #expect(seen.count == 60 && Set(seen).count == 60)
    }

    @Test("who serves a small shop finds its one message behind hundreds of others")
    func windows() async throws {
        let world = try await DeskWorld()
        let customer = try await world.desk.customers.make(in: world.anvil, name: "Lee", email: nil, page: nil, origin: nil).0
        try await world.post(.text("lamp for the anvil"), by: .customer(customer.principal))
        world.clock.advance(by: .seconds(1))
        for number in 0..<450 { try await world.post(.text("lamp \(number)"), by: .customer(world.kim.principal)) }
        try await world.desk.indexer.catchUp()
        let page = try await world.desk.search.find("lamp", shop: nil, after: nil, limit: 5, for: world.cy).page
        #expect(page.items.map(\.excerpt.text) == ["lamp for the anvil"])
        #expect(page.next == nil)
    }

    @Test("what was said in one millisecond is shown in its order")
    func order() async throws {
        let world = try await DeskWorld()
        for number in 0..<40 { try await world.post(.text("lamp \(number)"), by: .customer(world.kim.principal)) }
        try await world.desk.indexer.catchUp()
        #expect(try await world.found("lamp").map(\.seq) == (1...40).reversed())
    }

    @Test("what nobody can look for is refused")
    func refused() async throws {
        let world = try await DeskWorld()
        let error = await #expect(throws: DeskError.self) { _ = try await world.found(" ?? ") }
        #expect(error?.code == "desk.field_invalid")
    }
}

@Suite("The search's indexer")
struct SearchIndexerTests {
    @Test("what was said before there was an index is found, and it says how far it is")
    func earlier() async throws {
        let world = try await DeskWorld()
        let before = try await world.desk.search.find("hi", shop: nil, after: nil, limit: 5, for: world.ada)
        #expect(before.building != nil)
        for number in 0..<80 {
            let customer = try await world.desk.customers.make(in: world.lantern, name: "C\(number)", email: nil, page: nil, origin: nil).0
            let conversation = try await world.post(.text("hello there \(number)"), by: .customer(customer.principal)).conversation
            if number.isMultiple(of: 2) { try await world.post(.resolve, by: .member(world.ada), in: conversation) }
        }
        // As after an upgrade: the feed of all that is forgotten.
        try await world.database.write { connection in
            try connection.execute("UPDATE feed_counter SET trimmed_seq = last_seq")
            try connection.execute("DELETE FROM feed")
        }
        #expect(try await world.desk.indexer.round())
        #expect(try await world.desk.indexer.round())
        let halfway = try #require(try await world.desk.search.find("hello", shop: nil, after: nil, limit: 5, for: world.ada).building)
        #expect(halfway.done > 0 && halfway.done < 80 && halfway.of == 80)
        try await world.desk.indexer.catchUp()
        #expect(try await world.desk.search.find("hello", shop: nil, after: nil, limit: 1, for: world.ada).building == nil)
        #expect(try await world.found("hello").count == 80)
    }

    @Test("an index that slept longer than the feed reaches back is walked through again, nothing twice")
    func slept() async throws {
        let world = try await DeskWorld()
        let conversation = try await world.greeted()
        try await world.desk.indexer.catchUp()
        world.clock.advance(by: .seconds(1))
        try await world.post(.text("hi again"), by: .member(world.bo), in: conversation)
        try await world.database.write { connection in
            try connection.execute("UPDATE feed_counter SET trimmed_seq = last_seq")
            try connection.execute("DELETE FROM feed")
        }
        try await world.desk.indexer.catchUp()
        #expect(try await world.found("hi").map(\.seq) == [2, 1])
    }

    @Test("a long conversation is taken in several steps")
    func long() async throws {
        let world = try await DeskWorld()
        for number in 0..<300 { try await world.post(.text("word\(number)"), by: .customer(world.kim.principal)) }
        #expect(try await world.desk.indexer.round())
        try await world.desk.indexer.catchUp()
        for number in [0, 127, 128, 255, 256, 299] { #expect(try await world.found("\"word\(number)\"").count == 1, "\(number)") }
        #expect(try await world.found("word").map(\.seq).sorted() == Array(1...300))
    }

    @Test("of very long texts a step takes few: the writer is needed by others")
    func weight() async throws {
        let world = try await DeskWorld()
        let text = String(repeating: "申请退款", count: 2_500)
        for _ in 0..<6 { try await world.post(.text(text), by: .customer(world.kim.principal)) }
        _ = try await (world.desk.indexer.round(), world.desk.indexer.round())
        let first = try await world.found("退款").count
        #expect(first > 0 && first < 6)
        try await world.desk.indexer.catchUp()
        #expect(try await world.found("款申请").count == 6)
    }

    @Test("of two indexers at the same step one gives way")
    func overtaken() async throws {
        let world = try await DeskWorld()
        _ = try await world.greeted()
        try await world.desk.indexer.catchUp()
        for number in 0..<200 { try await world.post(.text("lamp \(number)"), by: .customer(world.kim.principal)) }
        let other = SearchIndexer(database: try await world.storage.another(), figures: DeskFigures(), isOurs: { true })
        try await withThrowingTaskGroup { group in
            group.addTask { try await other.catchUp() }
            group.addTask { try await world.desk.indexer.catchUp() }
            try await group.waitForAll()
        }
        #expect(try await world.found("lamp").count == 200)
        let entries: Int = try await world.database.read { try $0.row("SELECT COUNT(*) FROM search_entry")?.get(0) ?? 0 }
        #expect(entries == 202)
    }

    @Test("a step that fails leaves neither half an index nor a moved position")
    func failing() async throws {
        let world = try await DeskWorld()
        _ = try await world.greeted()
        try await world.storage.alter("ALTER TABLE search_words RENAME TO search_gone")
        await #expect(throws: (any Error).self) { try await world.desk.indexer.catchUp() }
        try await world.storage.alter("ALTER TABLE search_gone RENAME TO search_words")
        try await world.desk.indexer.catchUp()
        #expect(try await world.found("hi").count == 1)
    }
}

extension DeskWorld {
    /// All hits, over all pages.
    func found(_ text: String, shop: ShopID? = nil, by member: MemberPrincipal? = nil) async throws -> [Search.Hit] {
        var hits: [Search.Hit] = []
        var cursor: Cursor?
        repeat {
            let page = try await desk.search.find(text, shop: shop, after: cursor, limit: 50, for: member ?? ada).page
            hits += page.items
            cursor = page.next
        } while cursor != nil
        return hits
    }
}
