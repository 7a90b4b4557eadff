package import DeskProtocol
import Storage
package import Vocabulary

extension Conversations {
    /// Raises the watermarks of `principal`; lower or equal ones change nothing.
    /// - Parameter marks: in the numbers of `principal`; beyond the log's end they are cut to it.
    package func acknowledge(_ id: ConversationID?, _ marks: Watermarks, by principal: Principal) async throws {
        let delivery = feed.delivery
        let now = feed.clock.now()
        _ = try await database.write(
            { connection -> ReceiptChange? in
                let conversation = try Self.find(id, for: principal, at: now, on: connection)
                return try Self.raise(marks, by: principal, in: conversation, on: connection)
            },
            committed: { change in
                if let change { delivery.committed(.receipt(change)) }
            })
    }

    private static func raise(
        _ marks: Watermarks, by principal: Principal, in conversation: Conversation, on connection: any SQLConnection
    ) throws -> ReceiptChange? {
        guard conversation.lastSeq > 0 else { return nil }
        let author = principal.author
        let place = { (number: Int64?) in
            try EventStore.place(of: number ?? 0, for: principal.audience, in: conversation.id, on: connection)
        }
        let delivered = try place(marks.delivered)
        let read = try place(marks.read)
        let receipt = try ReceiptStore.receipt(of: author, in: conversation.id, on: connection)
        let raised = receipt.raised(delivered: delivered.seq, read: read.seq, readCustomerMessages: read.customerMessages)
        guard raised != receipt else { return nil }
        let number = try ReceiptStore.store(raised, in: conversation, on: connection)
        return try change(raised, number: number, in: conversation, on: connection)
    }

    static func change(
        _ receipt: Receipt, number: Int64, in conversation: Conversation, on connection: any SQLConnection
    ) throws -> ReceiptChange {
        // Customers hear of the staff as of one: the furthest marks of all.
        let heard =
            receipt.by.audience == .staff
            ? try customerReceipts(in: conversation, on: connection).first : try customerReceipt(receipt, in: conversation, on: connection)
        return ReceiptChange(
            conversation: conversation, receipt: receipt, number: number, publicDelivered: heard?.delivered ?? 0,
            publicRead: heard?.read ?? 0)
    }
}
