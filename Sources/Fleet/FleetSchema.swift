package import Storage

/// Which instances share the database, and who of them does what must be done once.
package enum FleetSchema {
    package static let schema = Schema(
        room: "fleet",
        migrations: [
            Migration(
                1, "instances and leases",
                [
                    """
                    CREATE TABLE fleet_instance (
                        id VARCHAR(26) NOT NULL PRIMARY KEY,
                        name VARCHAR(400) NOT NULL,
                        version VARCHAR(400) NOT NULL,
                        started_at BIGINT NOT NULL,
                        seen_at BIGINT NOT NULL,
                        beats BIGINT NOT NULL,
                        left_at BIGINT
                    )
                    """,
                    """
                    CREATE TABLE fleet_lease (
                        name VARCHAR(64) NOT NULL PRIMARY KEY,
                        holder VARCHAR(26) NOT NULL,
                        renewals BIGINT NOT NULL,
                        held_since BIGINT NOT NULL
                    )
                    """,
                ])
        ])
}
