package import Storage
package import Vocabulary

/// The one way in which the desk writes what others must hear of: store first, then ring the bell, in commit order.
package struct FeedWriter: Sendable {
    let database: any Database
    let clock: any WallClock
    let delivery: Delivery

    /// Runs `body` in a transaction; the change that it returns is delivered after the commit.
    package func writing<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection, Timestamp) throws -> (Value, Change?)
    ) async throws -> Value {
        let delivery = delivery
        let now = clock.now()
        return try await database.write(
            { connection in try body(connection, now) },
            committed: { outcome in
                if let change = outcome.1 { delivery.committed(.change(change)) }
            }
        ).0
    }
}
