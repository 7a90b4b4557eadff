import Storage

/// The people's tables: the invariants stand here, the rules only explain them.
///
/// Written for SQLite and MySQL 8 alike: foreign keys as table constraints (MySQL skips inline ones), lengths of keys given, digests as
/// VARBINARY (MySQL indexes no BLOB without a length; SQLite keeps a blob whatever the column is called).
enum PeopleSchema {
    static let schema = Schema(room: "people", migrations: [workspaces, members, sessions, invitations, setup, signInTimes])

    private static let workspaces = Migration(
        1, "workspaces",
        [
            """
            CREATE TABLE workspace (
                id VARCHAR(26) NOT NULL PRIMARY KEY,
                name VARCHAR(400) NOT NULL CHECK (name <> ''),
                created_at BIGINT NOT NULL
            )
            """
        ])

    private static let members = Migration(
        2, "members: one e-mail address signs in to one workspace",
        [
            """
            CREATE TABLE member (
                id VARCHAR(26) NOT NULL PRIMARY KEY,
                workspace_id VARCHAR(26) NOT NULL,
                email VARCHAR(254) NOT NULL CHECK (email <> '' AND email = LOWER(email)),
                name VARCHAR(400) NOT NULL CHECK (name <> ''),
                role VARCHAR(8) NOT NULL CHECK (role IN ('owner', 'admin', 'agent')),
                language VARCHAR(8) NOT NULL CHECK (language IN ('en', 'zh')),
                is_active INTEGER NOT NULL CHECK (is_active IN (0, 1)),
                password_hash VARCHAR(255) NOT NULL CHECK (password_hash LIKE '$argon2id$%'),
                created_at BIGINT NOT NULL,
                UNIQUE (email),
                UNIQUE (workspace_id, id),
                FOREIGN KEY (workspace_id) REFERENCES workspace (id)
            )
            """
        ])

    private static let sessions = Migration(
        3, "sessions: the digest of a token, never the token",
        [
            """
            CREATE TABLE session (
                id VARCHAR(26) NOT NULL PRIMARY KEY,
                member_id VARCHAR(26) NOT NULL,
                token_digest VARBINARY(32) NOT NULL CHECK (LENGTH(token_digest) = 32),
                created_at BIGINT NOT NULL,
                last_seen_at BIGINT NOT NULL CHECK (last_seen_at >= created_at),
                user_agent VARCHAR(400) NOT NULL,
                address VARCHAR(64) NOT NULL,
                UNIQUE (token_digest),
                FOREIGN KEY (member_id) REFERENCES member (id)
            )
            """,
            "CREATE INDEX session_by_member ON session (member_id, id)",
            "CREATE INDEX session_by_last_seen ON session (last_seen_at)",
            "CREATE INDEX session_by_creation ON session (created_at)",
        ])

    private static let invitations = Migration(
        4, "invitations: one open one per address and workspace, made by a member of that workspace",
        [
            """
            CREATE TABLE invitation (
                id VARCHAR(26) NOT NULL PRIMARY KEY,
                workspace_id VARCHAR(26) NOT NULL,
                email VARCHAR(254) NOT NULL CHECK (email <> '' AND email = LOWER(email)),
                role VARCHAR(8) NOT NULL CHECK (role IN ('owner', 'admin', 'agent')),
                token_digest VARBINARY(32) NOT NULL CHECK (LENGTH(token_digest) = 32),
                invited_by VARCHAR(26) NOT NULL,
                created_at BIGINT NOT NULL,
                expires_at BIGINT NOT NULL CHECK (expires_at > created_at),
                UNIQUE (token_digest),
                UNIQUE (workspace_id, email),
                FOREIGN KEY (workspace_id) REFERENCES workspace (id),
                FOREIGN KEY (workspace_id, invited_by) REFERENCES member (workspace_id, id)
            )
            """,
            "CREATE INDEX invitation_by_maker ON invitation (invited_by)",
            """
            CREATE TABLE invitation_shop (
                invitation_id VARCHAR(26) NOT NULL,
                shop_id VARCHAR(26) NOT NULL,
                PRIMARY KEY (invitation_id, shop_id),
                FOREIGN KEY (invitation_id) REFERENCES invitation (id) ON DELETE CASCADE
            )
            """,
        ])

    private static let setup = Migration(
        5, "set-up: one row, open until it is completed once",
        [
            """
            CREATE TABLE setup (
                slot INTEGER NOT NULL PRIMARY KEY CHECK (slot = 1),
                token_digest VARBINARY(32) CHECK (LENGTH(token_digest) = 32),
                completed_at BIGINT,
                CHECK (completed_at IS NULL OR token_digest IS NULL)
            )
            """,
            "INSERT INTO setup (slot, token_digest, completed_at) VALUES (1, NULL, NULL)",
        ])

    private static let signInTimes = Migration(
        6, "how often passwords were tried, for all instances together",
        [
            """
            CREATE TABLE sign_in_time (
                digest VARBINARY(32) NOT NULL PRIMARY KEY,
                until_at BIGINT NOT NULL
            )
            """,
            "CREATE INDEX sign_in_time_by_end ON sign_in_time (until_at)",
        ])
}
