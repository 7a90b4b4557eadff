package import DeskProtocol
import Storage
package import Vocabulary

/// What was said, and who said it: for the staff.
package struct Search: Sendable {
    /// One message, note or customer that has what was looked for.
    package struct Hit: Sendable {
        package let row: ListRow
        /// The event's number for staff; 0 for the customer itself.
        package let seq: Int64
        /// `message`, `note` or `customer`.
        package let kind: String
        package let at: Timestamp
        /// Nil for the customer itself.
        package let by: Author?
        package let excerpt: Excerpt
    }

    /// A page, read in one transaction with the feed's number.
    package struct Found: Sendable {
        package let epoch: String
        package let feed: Int64
        /// Newest first. There may be a next page though this one has room: what a call looks through is bounded.
        package let page: Page<Hit>
        package let marks: [ReadMark]
        /// Conversations that are in the index, of all that were there when it was begun; nil when it is whole.
        package let building: (done: Int64, of: Int64)?
    }

    /// Hits of the index that one call looks through: first so many, then so many.
    private static let windows = [400, 4_000, 20_000]
    /// On one page: an excerpt is made of each.
    package static let mostHits = 50

    let database: any Database
    let epoch: String

    /// - Parameters:
    ///   - text: see `SearchTerms`.
    ///   - limit: at most `mostHits` count.
    /// - Throws: `DeskError.fieldInvalid` for `q`, `StorageError`.
    package func find(
        _ text: String, shop: ShopID?, after cursor: Cursor?, limit: Int, for member: MemberPrincipal
    ) async throws -> Found {
        let terms = try SearchTerms(text)
        let limit = min(limit, Self.mostHits)
        let found = try await database.read { connection in
            let feed = try FeedStore.top(of: member.workspace, on: connection)
            guard let position = try SearchPositionStore.position(of: member.workspace, on: connection) else {
                return Look(feed: feed, building: feed == 0 ? nil : (0, 1))
            }
            let query = try SearchQuery(terms, in: position, shop: shop, member: member, on: connection)
            var (rows, next) = try look(with: query, before: cursor, limit: limit, on: connection)
            for index in rows.indices { try rows[index].readEvent(on: connection) }
            let building = position.earlier == nil ? nil : (min(position.done, position.before), max(1, position.before))
            return Look(feed: feed, rows: rows, next: next, building: building)
        }
        // Behind the read: an excerpt of a long text takes milliseconds, and readers are few.
        var hits: [Hit] = []
        for row in found.rows {
            if let hit = row.hit(terms) { hits.append(hit) }
            await Task.yield()
        }
        return Found(
            epoch: epoch, feed: found.feed, page: Page(items: hits, next: found.next), marks: found.rows.compactMap(\.mark).uniqued,
            building: found.building)
    }

    /// What was read in one transaction.
    private struct Look: Sendable {
        let feed: Int64
        var rows: [SearchQuery.Found] = []
        var next: Cursor?
        let building: (done: Int64, of: Int64)?
    }

    /// In growing windows: who sees every shop needs the first, who serves one of many a few more.
    private func look(
        with query: SearchQuery, before cursor: Cursor?, limit: Int, on connection: any SQLConnection
    ) throws -> (rows: [SearchQuery.Found], next: Cursor?) {
        var place = cursor?.keys.first.flatMap { Int64($0) } ?? .max
        var rows: [SearchQuery.Found] = []
        for window in Self.windows {
            let found = try query.rows(before: place, window: max(window, limit + 1), limit: limit + 1 - rows.count, on: connection)
            rows += found
            if rows.count > limit { return (Array(rows.prefix(limit)), rows.prefix(limit).last.map { Cursor(["\($0.id)"]) }) }
            guard let end = try query.end(before: place, window: max(window, limit + 1), on: connection) else { return (rows, nil) }
            place = end
        }
        return (rows, Cursor(["\(place)"]))
    }
}

extension [ReadMark] {
    /// Several hits of one conversation have the same mark.
    fileprivate var uniqued: [ReadMark] {
        var seen: Set<ConversationID> = []
        return filter { seen.insert($0.conversation).inserted }
    }
}
