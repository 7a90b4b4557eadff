import DeskProtocol
import Storage
import Vocabulary

/// What other instances wrote, read for all of this instance's sockets at once.
enum ForeignNews {
    /// A read of a dense row of numbers beyond where it was told.
    struct Found<Item: Sendable>: Sendable {
        let items: [(number: Int64, item: Item)]
        /// Up to here there is nothing else.
        let whole: Int64
        let top: Int64
    }

    /// How much one read brings.
    static let limit = 200

    /// The feed beyond `after`: conversations as they are now, with the events that each number brought.
    static func feed(of workspace: WorkspaceID, after: Int64, on connection: any SQLConnection) throws -> Found<FeedNews> {
        let top = try FeedStore.top(of: workspace, on: connection)
        let entries = try FeedStore.entries(of: workspace, after: after, limit: limit, on: connection)
        let events = try EventStore.events(ofFeed: workspace, entries.map(\.number), on: connection)
        let news = try entries.compactMap { entry in
            try what(entry, events[entry.number] ?? [], on: connection).map {
                (number: entry.number, item: FeedNews(foreign: $0, number: entry.number, in: workspace))
            }
        }
        return Found(items: news, whole: entries.count < limit ? max(top, after) : entries.last?.number ?? after, top: top)
    }

    private static func what(
        _ entry: FeedStore.Entry, _ events: [ConversationEvent], on connection: any SQLConnection
    ) throws -> FeedNews.What? {
        if let conversation = entry.conversation {
            return .change(Change(conversation: conversation, events: events), showsRow: conversation.version == entry.number)
        }
        guard let shop = try ShopStore.shop(entry.shop, in: entry.workspace, on: connection) else { return nil }
        return .shop(shop, staff: entry.isRestaffing ? Set(try ShopStore.staff(of: shop.id, on: connection)) : nil)
    }

    /// Receipts beyond `after`, as they are now.
    /// - Parameter isHeard: does anybody here hear of them; the others are passed over.
    static func receipts(
        of workspace: WorkspaceID, after: Int64, on connection: any SQLConnection, isHeard: (ConversationID, CustomerID, Author) -> Bool
    ) throws -> Found<ReceiptChange> {
        let top = try FeedStore.tops(of: workspace, on: connection).receipts
        let risen = try ReceiptStore.risen(in: workspace, after: after, limit: limit, on: connection)
        var changes: [(number: Int64, item: ReceiptChange)] = []
        for (number, receipt, id) in risen {
            guard let conversation = try ConversationStore.conversation(id, on: connection),
                isHeard(id, conversation.customer, receipt.by)
            else { continue }
            changes.append((number, try Conversations.change(receipt, number: number, in: conversation, on: connection)))
        }
        return Found(items: changes, whole: risen.count < limit ? max(top, after) : risen.last?.number ?? after, top: top)
    }
}
