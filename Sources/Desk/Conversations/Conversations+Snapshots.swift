import DeskProtocol
import Storage
package import Vocabulary

extension Conversations {
    /// How many events a snapshot shows.
    package static let snapshotEvents = 50

    package func snapshot(_ id: ConversationID, for member: MemberPrincipal) async throws -> StaffSnapshot {
        let epoch = epoch
        return try await database.read { connection in
            let conversation = try Self.visible(id, to: member, on: connection)
            guard let customer = try CustomerStore.customer(conversation.customer, on: connection) else {
                throw DeskError.conversationNotFound
            }
            let own = try ReceiptStore.receipt(of: .member(member.member, name: ""), in: id, on: connection)
            return StaffSnapshot(
                feed: try FeedStore.top(of: member.workspace, on: connection), conversation: conversation, customer: customer,
                page: try Self.page(
                    of: conversation, before: .max, limit: Self.snapshotEvents, for: .staff, epoch: epoch, on: connection),
                receipts: try ReceiptStore.receipts(in: id, on: connection),
                mark: ReadMark(conversation: id, read: own.read, customerMessages: own.readCustomerMessages))
        }
    }

    package func snapshot(for customer: CustomerPrincipal) async throws -> CustomerSnapshot {
        let epoch = epoch
        return try await database.read { connection in
            guard let conversation = try ConversationStore.conversation(of: customer.customer, on: connection) else {
                return CustomerSnapshot(
                    conversation: nil, page: HistoryPage(epoch: epoch, events: [], before: nil), receipts: [], delivered: 0, read: 0)
            }
            let own = try Self.customerReceipt(
                try ReceiptStore.receipt(of: .customer(customer.customer, name: ""), in: conversation.id, on: connection), in: conversation,
                on: connection)
            return CustomerSnapshot(
                conversation: conversation,
                page: try Self.page(
                    of: conversation, before: .max, limit: Self.snapshotEvents, for: .customer, epoch: epoch, on: connection),
                receipts: try Self.customerReceipts(in: conversation, on: connection), delivered: own.delivered, read: own.read)
        }
    }

    /// The page of the log below `before`.
    package func history(
        _ id: ConversationID?, before: Int64, limit: Int, for principal: Principal
    ) async throws -> HistoryPage {
        let epoch = epoch
        return try await database.read { connection in
            guard let conversation = try Self.existing(id, for: principal, on: connection) else {
                return HistoryPage(epoch: epoch, events: [], before: nil)
            }
            return try Self.page(of: conversation, before: before, limit: limit, for: principal.audience, epoch: epoch, on: connection)
        }
    }

    /// The part of the log beyond `after`, at most `limit` events.
    package func history(_ id: ConversationID?, after: Int64, limit: Int, for principal: Principal) async throws -> HistoryPage {
        let epoch = epoch
        return try await database.read { connection in
            let conversation = try Self.existing(id, for: principal, on: connection)
            let events = try conversation.map {
                try EventStore.events(of: $0.id, after: after, limit: limit, for: principal.audience, on: connection)
            }
            return HistoryPage(epoch: epoch, events: events ?? [], before: nil)
        }
    }

    /// The stored conversation that `principal` means; nil for a customer who has not written yet.
    static func existing(_ id: ConversationID?, for principal: Principal, on connection: any SQLConnection) throws -> Conversation? {
        let conversation = try find(id, for: principal, at: Timestamp(milliseconds: 0), on: connection)
        return conversation.lastSeq == 0 ? nil : conversation
    }

    private static func page(
        of conversation: Conversation, before: Int64, limit: Int, for audience: Audience, epoch: String, on connection: any SQLConnection
    ) throws -> HistoryPage {
        let events = try EventStore.events(of: conversation.id, before: before, limit: limit, for: audience, on: connection)
        let first = events.first?.number(for: audience) ?? 1
        return HistoryPage(epoch: epoch, events: events, before: first > 1 ? first : nil)
    }

    /// What the customer hears of the staff's receipts: the furthest of each mark.
    static func customerReceipts(in conversation: Conversation, on connection: any SQLConnection) throws -> [CustomerReceipt] {
        let members = try ReceiptStore.receipts(in: conversation.id, on: connection).filter { $0.by.audience == .staff }
        guard let first = members.first else { return [] }
        let merged = members.dropFirst().reduce(first) {
            $0.raised(delivered: $1.delivered, read: $1.read, readCustomerMessages: $1.readCustomerMessages)
        }
        return [try customerReceipt(merged, in: conversation, on: connection)]
    }

    /// One receipt in public numbers.
    static func customerReceipt(
        _ receipt: Receipt, in conversation: Conversation, on connection: any SQLConnection
    ) throws -> CustomerReceipt {
        CustomerReceipt(
            by: receipt.by, delivered: try EventStore.publicNumber(at: receipt.delivered, in: conversation.id, on: connection),
            read: try EventStore.publicNumber(at: receipt.read, in: conversation.id, on: connection))
    }
}
