import Storage

extension GatewaySchema {
    /// For a house of several instances; the only one of a house leaves these tables empty but for `gateway_mark`.
    ///
    /// - `gateway_journal`: each data directory's journal, the instance that has it now, and how far it has been moved. `sweeps` counts how
    ///   often somebody else has ended what was open in it.
    /// - `gateway_share`: what each instance has of a key's limits: `held` by running requests, `idle` for the next ones, `spent` for good. The
    ///   row without a holder is what the ledger knew when the period's first row was written.
    /// - `gateway_mark`: how often a kind of thing was changed, so that others see that they have to read it again.
    static let fleet = Migration(
        15, "several instances: their journals, their shares of keys' limits, marks of changes",
        [
            """
            CREATE TABLE gateway_journal (
                id VARCHAR(26) NOT NULL PRIMARY KEY,
                holder VARCHAR(26) NOT NULL,
                segment BIGINT,
                place BIGINT,
                sweeps BIGINT NOT NULL,
                CHECK ((segment IS NULL) = (place IS NULL))
            )
            """,
            "ALTER TABLE gateway_request ADD COLUMN journal_id VARCHAR(26)",
            """
            CREATE TABLE gateway_share (
                key_id VARCHAR(26) NOT NULL,
                kind VARCHAR(16) NOT NULL,
                period BIGINT NOT NULL,
                holder VARCHAR(26) NOT NULL,
                held BIGINT NOT NULL CHECK (held >= 0),
                idle BIGINT NOT NULL CHECK (idle >= 0),
                spent BIGINT NOT NULL CHECK (spent >= 0),
                PRIMARY KEY (key_id, kind, period, holder)
            )
            """,
            """
            CREATE TABLE gateway_mark (
                topic VARCHAR(16) NOT NULL PRIMARY KEY,
                number BIGINT NOT NULL
            )
            """,
        ])
}
