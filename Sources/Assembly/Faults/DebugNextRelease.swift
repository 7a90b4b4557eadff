#if DEBUG
    import Glibc
    import Storage

    /// This program as the release after it would be, as far as the database sees it: for tests of upgrades, which need two releases.
    enum DebugNextRelease {
        /// `SWITCHBOARD_FAULT=next:<what>`: `expand`, `contract`, `slow`, `stuck`.
        static let wanted: String? = {
            let words = getenv("SWITCHBOARD_FAULT").map { String(cString: $0).split(separator: ":").map(String.init) } ?? []
            return words.first == "next" ? words.dropFirst().first : nil
        }()

        static func schemas(after schemas: [Schema]) -> [Schema] {
            guard let wanted else { return schemas }
            return schemas.map { schema in
                guard let statements = statements(wanted, schema.room) else { return schema }
                let migration = Migration((schema.migrations.last?.number ?? 0) + 1, "a release to come", statements)
                return Schema(room: schema.room, migrations: schema.migrations + [migration])
            }
        }

        /// Stands still in the midst of the new migration.
        static func migrating(_ boundary: MigrationBoundary) {
            guard wanted == "stuck", case .after(_, statement: 1) = boundary else { return }
            DebugFaults.hang(seconds: 3_600)
        }

        private static func statements(_ wanted: String, _ room: String) -> [String]? {
            switch (wanted, room) {
            case ("expand", "desk"):
                [
                    "ALTER TABLE event ADD COLUMN later_words VARCHAR(200)",
                    "ALTER TABLE event ADD COLUMN later_count BIGINT NOT NULL DEFAULT 7",
                    "CREATE INDEX event_later ON event (author_id, at)",
                    "ALTER TABLE conversation ADD COLUMN later_mark BIGINT NOT NULL DEFAULT 0 CHECK (later_mark >= 0)",
                ]
            case ("expand", "gateway"):
                [
                    "CREATE TABLE gateway_later (id VARCHAR(26) NOT NULL PRIMARY KEY, at BIGINT NOT NULL)",
                    "ALTER TABLE gateway_request ADD COLUMN later_flags BIGINT NOT NULL DEFAULT 0",
                    "CREATE INDEX gateway_request_later ON gateway_request (workspace_id, model, id)",
                ]
            case ("contract", "desk"): ["DROP INDEX shop_staff_by_member"]
            case ("stuck", "desk"):
                ["CREATE TABLE later_one (id BIGINT NOT NULL PRIMARY KEY)", "ALTER TABLE event ADD COLUMN later_words TEXT"]
            // Nothing where there are no events; with some hundreds of them it takes long on every engine.
            case ("slow", "desk"):
                [
                    "CREATE TABLE later_sums (id BIGINT NOT NULL PRIMARY KEY, total BIGINT NOT NULL)",
                    """
                    INSERT INTO later_sums (id, total)
                        SELECT 1, COUNT(*) FROM event a, event b, event c WHERE a.seq + b.seq + c.seq > 0
                    """,
                ]
            default: nil
            }
        }
    }
#endif
