package import Storage

/// The desk's tables. Members belong to another room: their ids are kept, without foreign key.
package enum DeskSchema {
    package static let schema = Schema(
        room: "desk",
        migrations: [
            shops, customers, conversations, events, receipts, feed, tickets, restaffings, feedEvents, receiptNumbers, presence,
            search,
        ])

    private static let shops = Migration(
        1, "shops with their origins and staff",
        [
            """
            CREATE TABLE shop (
                id VARCHAR(26) NOT NULL PRIMARY KEY,
                workspace_id VARCHAR(26) NOT NULL,
                public_key VARCHAR(64) NOT NULL UNIQUE,
                name VARCHAR(400) NOT NULL CHECK (name <> ''),
                greeting VARCHAR(2000) NOT NULL,
                colour VARCHAR(7) NOT NULL,
                language VARCHAR(8) NOT NULL CHECK (language IN ('en', 'zh', 'auto')),
                is_active INTEGER NOT NULL CHECK (is_active IN (0, 1)),
                created_at BIGINT NOT NULL
            )
            """,
            "CREATE INDEX shop_by_workspace ON shop (workspace_id, id)",
            """
            CREATE TABLE shop_origin (
                shop_id VARCHAR(26) NOT NULL,
                origin VARCHAR(255) NOT NULL,
                PRIMARY KEY (shop_id, origin),
                FOREIGN KEY (shop_id) REFERENCES shop (id)
            )
            """,
            """
            CREATE TABLE shop_staff (
                shop_id VARCHAR(26) NOT NULL,
                member_id VARCHAR(26) NOT NULL,
                PRIMARY KEY (shop_id, member_id),
                FOREIGN KEY (shop_id) REFERENCES shop (id)
            )
            """,
            "CREATE INDEX shop_staff_by_member ON shop_staff (member_id, shop_id)",
        ])

    private static let customers = Migration(
        2, "customers",
        [
            """
            CREATE TABLE customer (
                id VARCHAR(26) NOT NULL PRIMARY KEY,
                workspace_id VARCHAR(26) NOT NULL,
                shop_id VARCHAR(26) NOT NULL,
                credential VARBINARY(32) NOT NULL,
                origin VARCHAR(255),
                name VARCHAR(400) NOT NULL,
                email VARCHAR(320) NOT NULL,
                page VARCHAR(2000) NOT NULL,
                created_at BIGINT NOT NULL,
                last_seen_at BIGINT NOT NULL,
                FOREIGN KEY (shop_id) REFERENCES shop (id)
            )
            """,
            "CREATE UNIQUE INDEX customer_by_credential ON customer (credential)",
        ])

    private static let conversations = Migration(
        3, "conversations: one thread of one customer in one shop",
        [
            """
            CREATE TABLE conversation (
                id VARCHAR(26) NOT NULL PRIMARY KEY,
                workspace_id VARCHAR(26) NOT NULL,
                shop_id VARCHAR(26) NOT NULL,
                customer_id VARCHAR(26) NOT NULL UNIQUE,
                status VARCHAR(8) NOT NULL CHECK (status IN ('open', 'resolved')),
                assignee_id VARCHAR(26),
                version BIGINT NOT NULL,
                last_seq BIGINT NOT NULL CHECK (last_seq >= last_pub_seq),
                last_pub_seq BIGINT NOT NULL CHECK (last_pub_seq >= customer_messages),
                customer_messages BIGINT NOT NULL CHECK (customer_messages >= 0),
                last_at BIGINT NOT NULL,
                last_kind VARCHAR(16) NOT NULL,
                last_by_customer INTEGER NOT NULL CHECK (last_by_customer IN (0, 1)),
                last_text VARCHAR(2000) NOT NULL,
                FOREIGN KEY (shop_id) REFERENCES shop (id),
                FOREIGN KEY (customer_id) REFERENCES customer (id)
            )
            """,
            "CREATE INDEX conversation_by_time ON conversation (workspace_id, status, last_at, id)",
            "CREATE INDEX conversation_by_assignee ON conversation (workspace_id, status, assignee_id, last_at, id)",
        ])

    private static let events = Migration(
        4, "the event log: dense numbers, and a retry that is harmless",
        [
            """
            CREATE TABLE event (
                conversation_id VARCHAR(26) NOT NULL,
                seq BIGINT NOT NULL CHECK (seq > 0),
                id VARCHAR(26) NOT NULL,
                pub_seq BIGINT NOT NULL CHECK (pub_seq <= seq),
                is_public INTEGER NOT NULL CHECK (is_public IN (0, 1)),
                customer_messages BIGINT NOT NULL,
                kind VARCHAR(16) NOT NULL,
                at BIGINT NOT NULL,
                author_type VARCHAR(8) NOT NULL CHECK (author_type IN ('member', 'customer', 'system')),
                author_id VARCHAR(26),
                author_name VARCHAR(400) NOT NULL,
                client_id VARCHAR(26),
                body TEXT NOT NULL,
                member_id VARCHAR(26),
                PRIMARY KEY (conversation_id, seq),
                UNIQUE (conversation_id, author_id, client_id),
                CHECK ((author_id IS NULL) = (author_type = 'system')),
                CHECK ((author_id IS NULL) = (client_id IS NULL)),
                FOREIGN KEY (conversation_id) REFERENCES conversation (id)
            )
            """
        ])

    private static let receipts = Migration(
        5, "receipts: two watermarks per participant",
        [
            """
            CREATE TABLE receipt (
                conversation_id VARCHAR(26) NOT NULL,
                participant_type VARCHAR(8) NOT NULL CHECK (participant_type IN ('member', 'customer')),
                participant_id VARCHAR(26) NOT NULL,
                delivered_seq BIGINT NOT NULL CHECK (delivered_seq >= read_seq),
                read_seq BIGINT NOT NULL CHECK (read_seq >= 0),
                read_customer_messages BIGINT NOT NULL,
                feed_seq BIGINT NOT NULL,
                PRIMARY KEY (conversation_id, participant_type, participant_id),
                FOREIGN KEY (conversation_id) REFERENCES conversation (id)
            )
            """,
            "CREATE INDEX receipt_by_participant ON receipt (participant_id, feed_seq)",
        ])

    private static let feed = Migration(
        6, "the staff's feed: a dense number per workspace",
        [
            """
            CREATE TABLE feed_counter (
                workspace_id VARCHAR(26) NOT NULL PRIMARY KEY,
                last_seq BIGINT NOT NULL,
                trimmed_seq BIGINT NOT NULL CHECK (trimmed_seq <= last_seq)
            )
            """,
            """
            CREATE TABLE feed (
                workspace_id VARCHAR(26) NOT NULL,
                seq BIGINT NOT NULL,
                shop_id VARCHAR(26) NOT NULL,
                conversation_id VARCHAR(26),
                at BIGINT NOT NULL,
                PRIMARY KEY (workspace_id, seq)
            )
            """,
        ])

    private static let tickets = Migration(
        7, "one-use tickets for sockets",
        [
            """
            CREATE TABLE ticket (
                digest VARBINARY(32) NOT NULL PRIMARY KEY,
                member_session VARCHAR(26),
                customer_id VARCHAR(26),
                expires_at BIGINT NOT NULL,
                CHECK ((member_session IS NULL) <> (customer_id IS NULL)),
                FOREIGN KEY (customer_id) REFERENCES customer (id)
            )
            """,
            "CREATE INDEX ticket_by_expiry ON ticket (expires_at)",
        ])

    private static let restaffings = Migration(
        8, "the feed tells a change of a shop's staff from one of its looks",
        [
            "ALTER TABLE feed ADD COLUMN is_restaffing INTEGER NOT NULL DEFAULT 0 CHECK (is_restaffing IN (0, 1))",
            // What older items were can't be told any more: the cautious answer costs an agent one fresh start.
            "UPDATE feed SET is_restaffing = 1 WHERE conversation_id IS NULL",
        ])

    private static let feedEvents = Migration(
        9, "the feed says which events a change brought, so that another instance can tell it",
        [
            "ALTER TABLE feed ADD COLUMN first_event BIGINT",
            "ALTER TABLE feed ADD COLUMN last_event BIGINT",
        ])

    /// Dense like the feed's: an instance sees by the number alone that another one wrote a receipt.
    private static let receiptNumbers = Migration(
        10, "receipts are numbered in their workspace",
        [
            "ALTER TABLE feed_counter ADD COLUMN last_receipt BIGINT NOT NULL DEFAULT 0",
            "ALTER TABLE receipt ADD COLUMN workspace_id VARCHAR(26)",
            "ALTER TABLE receipt ADD COLUMN number BIGINT NOT NULL DEFAULT 0",
            "CREATE INDEX receipt_by_number ON receipt (workspace_id, number)",
        ])

    private static let presence = Migration(
        11, "who is connected to which instance",
        [
            """
            CREATE TABLE presence_place (
                instance_id VARCHAR(26) NOT NULL PRIMARY KEY,
                beat BIGINT NOT NULL,
                version BIGINT NOT NULL,
                life BIGINT NOT NULL
            )
            """,
            """
            CREATE TABLE presence (
                instance_id VARCHAR(26) NOT NULL,
                person_id VARCHAR(26) NOT NULL,
                is_member INTEGER NOT NULL CHECK (is_member IN (0, 1)),
                workspace_id VARCHAR(26) NOT NULL,
                shop_id VARCHAR(26),
                sees_all INTEGER NOT NULL CHECK (sees_all IN (0, 1)),
                PRIMARY KEY (instance_id, person_id)
            )
            """,
        ])

    /// Made from the others by the indexer, and made anew where it is not there: a copy of the house leaves it out. Without foreign keys: what
    /// is gone is found no more, because a hit is shown with its conversation, and who deletes one need not know of the index.
    private static let search = Migration(
        12, "the search's index of messages, notes and customers",
        [
            // How far the index is. `number` stands in a workspace's words: they never meet another's.
            """
            CREATE TABLE search_position (
                workspace_id VARCHAR(26) NOT NULL PRIMARY KEY,
                number BIGINT NOT NULL UNIQUE,
                feed_seq BIGINT NOT NULL,
                earlier VARCHAR(64),
                threads_done BIGINT NOT NULL,
                threads_before BIGINT NOT NULL,
                moves BIGINT NOT NULL
            )
            """,
            """
            CREATE TABLE search_thread (
                conversation_id VARCHAR(26) NOT NULL PRIMARY KEY,
                seq BIGINT NOT NULL,
                customer_words TEXT NOT NULL,
                customer_entry BIGINT
            )
            """,
            // The id rises with the time of what was said: the newest first is the index's own order.
            """
            CREATE TABLE search_entry (
                id INTEGER NOT NULL PRIMARY KEY,
                conversation_id VARCHAR(26) NOT NULL,
                seq BIGINT NOT NULL CHECK (seq >= 0)
            )
            """,
            "CREATE VIRTUAL TABLE search_words USING fts5(words, content='', columnsize=0, tokenize='ascii')",
        ])
}
