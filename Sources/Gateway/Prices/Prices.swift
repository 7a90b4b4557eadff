package import Bus
package import Storage
import Synchronization
package import Vocabulary

/// The price books of all workspaces: the built-in one and what each has put above it.
package final class Prices: Sendable {
    /// What a workspace may have of its own.
    package static let most = 1_000
    private let database: any Database
    private let clock: any WallClock
    private let announce: @Sendable (Bell) -> Void
    private let books: Mutex<[WorkspaceID: PriceBook]>

    private init(
        database: any Database, clock: any WallClock, announce: @escaping @Sendable (Bell) -> Void, books: [WorkspaceID: PriceBook]
    ) {
        self.database = database
        self.clock = clock
        self.announce = announce
        self.books = Mutex(books)
    }

    /// Reads the own prices of all workspaces.
    /// - Parameter announce: told of what this instance changed, on the database's writer: it must return at once.
    package static func open(
        database: any Database, clock: any WallClock, announce: @escaping @Sendable (Bell) -> Void = { _ in }
    ) async throws -> Prices {
        let books = try await database.read { try Self.stored(on: $0) }
        return Prices(database: database, clock: clock, announce: announce, books: books)
    }

    private static func stored(on connection: any SQLConnection) throws -> [WorkspaceID: PriceBook] {
        let workspaces = try PriceStore.workspaces(on: connection)
        return try Dictionary(
            uniqueKeysWithValues: workspaces.map { ($0, PriceBook(own: try PriceStore.entries(of: $0, on: connection))) })
    }

    /// Takes over what other instances have changed.
    func readAgain() async throws {
        try await database.write({ try Self.stored(on: $0) }, committed: { [self] stored in books.withLock { $0 = stored } })
    }

    /// The book that counts in a workspace at this moment. Never blocks on I/O.
    package func book(of workspace: WorkspaceID) -> PriceBook {
        books.withLock { $0[workspace] } ?? .builtIn
    }

    /// Puts a price above the built-in book, in effect for the next request.
    /// - Throws: `GatewayError.forbidden`, `.invalid`, `.priceTaken`, `.tooMany`.
    package func add(_ draft: PriceDraft, by author: Author) async throws -> PriceEntry {
        try author.require(.admin)
        let now = clock.now()
        let entry = try draft.entry(.make(at: now))
        _ = try await write(by: author) { connection in
            try PriceStore.insert(entry, in: author.workspace, at: now, on: connection)
            guard try PriceStore.entries(of: author.workspace, on: connection).count <= Self.most else {
                throw GatewayError.tooMany(what: "prices of its own", limit: Self.most)
            }
            try AuditLog.write(
                "price.added", on: entry.id, named: entry.match.text, changes: AuditChange.between([], and: entry.auditFields), by: author,
                at: now, on: connection)
        }
        return entry
    }

    /// Takes an own price away; the built-in one counts again.
    /// - Throws: `GatewayError.forbidden`, `.priceNotFound`.
    package func remove(_ id: String, by author: Author) async throws {
        try author.require(.admin)
        guard let id = PriceID(id) else { throw GatewayError.priceNotFound }
        let now = clock.now()
        try await write(by: author) { connection in
            guard let entry = try PriceStore.entry(id, in: author.workspace, on: connection) else { throw GatewayError.priceNotFound }
            try PriceStore.delete(id, on: connection)
            try AuditLog.write(
                "price.removed", on: entry.id, named: entry.match.text, changes: AuditChange.between(entry.auditFields, and: []),
                by: author, at: now, on: connection)
        }
    }

    /// The new book is there before the caller hears of the change, in the order of the commits.
    private func write(by author: Author, _ body: @escaping @Sendable (any SQLConnection) throws -> Void) async throws {
        try await database.write(
            { connection in
                try body(connection)
                try ChangeMarks.note(.prices, on: connection)
                return PriceBook(own: try PriceStore.entries(of: author.workspace, on: connection))
            },
            committed: { [self] book in
                books.withLock { $0[author.workspace] = book }
                announce(.pricesChanged)
            })
    }
}

extension Prices: UsagePricing {
    package func bill(
        _ tokens: PricedTokens, model: String, workspace: WorkspaceID, at time: Timestamp, tier: PriceTier, geo: String?
    ) -> [PriceLine]? {
        book(of: workspace).price(tokens, model: model, at: time, tier: tier, geo: geo)?.lines
    }
}
