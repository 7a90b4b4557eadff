#if MySQL
    @testable import Desk
    import DeskProtocol
    @testable import Gateway
    @testable import People
    import Routing
    import Storage
    import Testing
    import TestSupport
    import Vocabulary

    /// What is asked many times a second, or of tables that grow without end, goes through about as many rows as it gives back. Elsewhere
    /// SQLite's plans are looked at (`RequestListTests`); MySQL's planner knows other ways, and has other indexes.
    @Suite("Statements find their rows by an index on a server", .timeLimit(.minutes(3)))
    struct QueryPlanTests {
        private static let time = Timestamp(milliseconds: 1_795_248_000_000)
        private static let workspace = WorkspaceID.make(at: time)
        private static let (ada, bo) = (MemberID.make(at: time), MemberID.make(at: time))
        private static let (lantern, anvil) = (ShopID.make(at: time), ShopID.make(at: time))
        /// In the middle of what there is.
        private static let middle = Int64(BulkRows.count / 2)

        private static func principal(_ member: MemberID, _ role: Role) -> MemberPrincipal {
            MemberPrincipal(member: member, workspace: workspace, session: .make(at: time), role: role, name: "Ada")
        }

        private func few(_ most: Int, _ looks: [WatchedDatabase.Look], _ what: String) {
            #expect(!looks.isEmpty, "\(what)")
            for look in looks { #expect(look.rows <= most, "\(what): \(look)") }
        }

        /// - Parameter most: rows gone through by each statement.
        private func read(
            _ what: String, _ most: Int, _ database: WatchedDatabase,
            _ body: @escaping @Sendable (any SQLConnection) throws -> some Sendable
        ) async throws {
            few(most, try await database.watching { _ = try await database.read { _ = try body($0) } }, what)
        }

        private func write(
            _ what: String, _ most: Int, _ database: WatchedDatabase,
            _ body: @escaping @Sendable (any SQLConnection) throws -> some Sendable
        ) async throws {
            few(most, try await database.watching { _ = try await database.write { _ = try body($0) } }, what)
        }

        @Test("the counters tell a table that is read as a whole from one that is not")
        func counters() async throws {
            let room = try await TestRoom.open(on: .shared(), [PeopleRoom.schema])
            try Self.fillPeople(try BulkRows(room))
            let database = WatchedDatabase(room.database)
            let looks = try await database.watching {
                try await database.read { _ = try $0.row("SELECT COUNT(*) FROM session WHERE address = 'x'") }
                try await database.read { _ = try $0.row("SELECT 1 FROM session WHERE id = ?", BulkRows.id(7)) }
            }
            #expect(looks.count == 2 && looks[0].rows >= BulkRows.count && looks[1].rows <= 2, "\(looks)")
        }

        // MARK: The desk

        private static func desk() async throws -> WatchedDatabase {
            let room = try await TestRoom.open(on: .shared(), [DeskRoom.schema])
            let rows = try BulkRows(room)
            let shop = "IF(seq % 2 = 0, '\(lantern)', '\(anvil)')"
            try rows.fill(
                "shop",
                [
                    "id": shop, "workspace_id": "'\(workspace)'", "public_key": "seq", "name": "'Lantern'", "greeting": "''",
                    "colour": "'#000000'",
                    "language": "'en'", "is_active": "1", "created_at": "0",
                ], count: 2)
            try rows.fill("shop_staff", ["shop_id": "'\(lantern)'", "member_id": "'\(bo)'"], count: 1)
            try rows.fill(
                "customer",
                [
                    "id": BulkRows.id, "workspace_id": "'\(workspace)'", "shop_id": shop, "credential": "UNHEX(SHA2(seq, 256))",
                    "name": "'Kim'",
                    "email": "''", "page": "''", "created_at": "seq", "last_seen_at": "seq",
                ])
            try rows.fill(
                "conversation",
                [
                    "id": BulkRows.id, "workspace_id": "'\(workspace)'", "shop_id": shop, "customer_id": BulkRows.id,
                    "status": "IF(seq % 10 = 0, 'resolved', 'open')",
                    "assignee_id": "CASE seq % 3 WHEN 0 THEN NULL WHEN 1 THEN '\(ada)' ELSE '\(bo)' END",
                    "version": "1", "last_seq": "5", "last_pub_seq": "5", "customer_messages": "5", "last_at": "seq",
                    "last_kind": "'message'",
                    "last_by_customer": "1", "last_text": "'hi'",
                ])
            try rows.fill(
                "event",
                [
                    "conversation_id": "'\(BulkRows.id(8))'", "seq": "seq", "id": BulkRows.id, "pub_seq": "seq", "is_public": "1",
                    "customer_messages": "seq", "kind": "'message'", "at": "seq", "author_type": "'member'", "author_id": "'\(ada)'",
                    "author_name": "'Ada'", "client_id": BulkRows.id, "body": "'hi'",
                ])
            try rows.fill(
                "receipt",
                [
                    "conversation_id": BulkRows.id, "participant_type": "'member'", "participant_id": "'\(ada)'", "delivered_seq": "1",
                    "read_seq": "1", "read_customer_messages": "1", "feed_seq": "seq", "workspace_id": "'\(workspace)'", "number": "seq",
                ])
            try rows.fill(
                "feed", ["workspace_id": "'\(workspace)'", "seq": "seq", "shop_id": shop, "conversation_id": BulkRows.id, "at": "seq"])
            try rows.fill(
                "feed_counter",
                [
                    "workspace_id": "'\(workspace)'", "last_seq": "\(BulkRows.count)", "trimmed_seq": "0",
                    "last_receipt": "\(BulkRows.count)",
                ], count: 1)
            try rows.fill(
                "ticket",
                ["digest": "UNHEX(SHA2(seq, 256))", "member_session": BulkRows.id, "expires_at": "\(time.milliseconds) + seq * 1000"])
            return WatchedDatabase(room.database)
        }

        @Test("the inbox: each list from its top and from within, and the counts up to their limit")
        func inbox() async throws {
            let database = try await Self.desk()
            let inbox = Inbox(database: database, epoch: "epoch")
            for (member, role) in [(Self.ada, Role.owner), (Self.bo, .agent)] {
                let member = Self.principal(member, role)
                for view in Inbox.View.allCases {
                    for shop in [nil, Self.lantern] where view != .resolved || shop == nil {
                        let first = try await inbox.list(view, shop: shop, after: nil, limit: 25, for: member)
                        #expect(first.page.items.count == 25, "\(view) of \(role)")
                        // A row is found with its customer and its receipt; of each two or three one is of the shop.
                        few(
                            400,
                            try await database.watching { _ = try await inbox.list(view, shop: shop, after: nil, limit: 25, for: member) },
                            "\(view)")
                        // Far down. Half-way MariaDB may walk from the top as well: it takes that for as cheap.
                        let place = Cursor(["\(BulkRows.count / 10)", BulkRows.id(BulkRows.count / 10)])
                        few(
                            400,
                            try await database.watching {
                                _ = try await inbox.list(view, shop: shop, after: place, limit: 25, for: member)
                            },
                            "\(view) of \(role), shop \(shop != nil), from within")
                    }
                }
                // Conversations, their receipts, and the sum over both.
                few(5 * Inbox.countLimit, try await database.watching { _ = try await inbox.counts(for: member) }, "counts of \(role)")
            }
        }

        @Test("events and the feed: what comes behind a number costs what it brings")
        func events() async throws {
            let database = try await Self.desk()
            let (workspace, middle) = (Self.workspace, Self.middle)
            let conversation = try #require(ConversationID(BulkRows.id(8)))
            for audience in [Audience.staff, .customer] {
                try await read("events after", 120, database) {
                    try EventStore.events(of: conversation, after: middle, limit: 50, for: audience, on: $0).count
                }
            }
            try await read("events before", 120, database) {
                try EventStore.events(of: conversation, before: middle, limit: 50, for: .staff, on: $0).count
            }
            try await read("an event by its client's id", 4, database) { connection in
                let id = try #require(ULID(BulkRows.id(9)))
                let event = try EventStore.event(clientID: id, by: .member(Self.ada, name: "Ada"), in: conversation, on: connection)
                #expect(event?.seq == 9)
                return true
            }
            try await read("a place in the log", 120, database) {
                try EventStore.place(of: middle, for: .staff, in: conversation, on: $0).seq
            }
            try await read("the feed", 400, database) { connection in
                let entries = try FeedStore.entries(of: workspace, after: middle, limit: 100, on: connection)
                #expect(entries.count == 100)
                return true
            }
            try await read("the feed's events", 400, database) {
                try EventStore.events(ofFeed: workspace, Array(middle..<middle + 100), on: $0).count
            }
            try await write("old feed", 300, database) { try FeedStore.trim(workspace, before: Self.time, limit: 100, on: $0) }
        }

        @Test("receipts and tickets: by number, by participant, by digest, by age")
        func receipts() async throws {
            let database = try await Self.desk()
            let (workspace, middle) = (Self.workspace, Self.middle)
            let conversation = try #require(ConversationID(BulkRows.id(8)))
            try await read("receipts by number", 220, database) { connection in
                let risen = try ReceiptStore.risen(in: workspace, after: middle, limit: 100, on: connection)
                #expect(risen.count == 100)
                return true
            }
            try await read("a member's marks", 220, database) {
                try ReceiptStore.marks(of: Self.ada, since: middle, limit: 100, on: $0).count
            }
            try await read("a conversation's receipts", 6, database) { try ReceiptStore.receipts(in: conversation, on: $0).count }
            try await read("a receipt", 4, database) {
                try ReceiptStore.receipt(of: .member(Self.ada, name: "Ada"), in: conversation, on: $0).read
            }
            let digest = [UInt8](repeating: 7, count: 32)
            try await write("a ticket", 4, database) {
                try $0.execute("DELETE FROM ticket WHERE digest = ?", [.blob(digest)])
            }
            // Of 6,000 tickets 60 are over.
            let tickets = Tickets(database: database, clock: ManualClock(Self.time + .seconds(60)), directory: NoDirectory())
            few(300, try await database.watching { try await tickets.forgetExpired() }, "tickets that are over")
            few(10, try await database.watching { _ = try? await tickets.redeem("x") }, "a ticket that there is not")
        }

        // MARK: People

        private static func fillPeople(_ rows: BulkRows) throws {
            try rows.fill("workspace", ["id": "'\(workspace)'", "name": "'Lantern'", "created_at": "0"], count: 1)
            try rows.fill(
                "member",
                [
                    "id": BulkRows.id, "workspace_id": "'\(workspace)'", "email": "CONCAT(seq, '@lantern.example')", "name": "'Bo'",
                    "role": "'agent'", "language": "'en'", "is_active": "1", "password_hash": "'$argon2id$x'", "created_at": "0",
                ], count: 1_000)
            try rows.fill(
                "session",
                [
                    "id": BulkRows.id, "member_id": "CONCAT('01K', LPAD(seq % 1000 + 1, 23, '0'))", "token_digest": "UNHEX(SHA2(seq, 256))",
                    "created_at": "\(time.milliseconds) + seq", "last_seen_at": "\(time.milliseconds) + seq", "user_agent": "''",
                    "address": "''",
                ])
        }

        @Test("sessions: by token, by id, many at once, and those that are over")
        func sessions() async throws {
            let room = try await TestRoom.open(on: .shared(), [PeopleRoom.schema])
            try Self.fillPeople(try BulkRows(room))
            let database = WatchedDatabase(room.database)
            let ids = try (1...100).map { try #require(SessionID(BulkRows.id($0 * 50))) }
            let member = try #require(MemberID(BulkRows.id(5)))
            try await read("by token", 6, database) { try SessionStore.holder(token: [UInt8](repeating: 7, count: 32), on: $0) == nil }
            try await read("by id", 6, database) { try SessionStore.holder(session: ids[0], on: $0) == nil }
            try await read("many", 400, database) { try SessionStore.holders(sessions: ids, on: $0).count }
            try await read("a member's", 40, database) { try SessionStore.sessions(of: member, before: "~", limit: 20, on: $0).count }
            try await write("seen", 6, database) { connection in
                try SessionStore.seen(ids[0], at: Self.time, on: connection)
                return true
            }
            // A hundred are over: found, and each ended.
            let now = Self.time + Session.idleLife + .milliseconds(100)
            try await write("over", 400, database) { connection in
                let ended = try SessionStore.endExpired(at: now, on: connection)
                #expect(ended.count == 100)
                return true
            }
        }
    }

    /// Nobody is known.
    private struct NoDirectory: MemberDirectory {
        func members(of workspace: WorkspaceID) async throws -> [MemberCard] { [] }
        func principal(ofSession session: SessionID) async throws -> MemberPrincipal? { nil }
    }
#endif
