import Desk
import DeskProtocol
import Vocabulary

// The desk's answers as JSON; field names as in docs/api.md.

extension HistoryPage {
    func write(to writer: inout JSONWriter, for audience: Audience) {
        writer.array("events", events) { $1.write(to: &$0, for: audience) }
        writer.name("before")
        if let before { writer.value(before) } else { writer.null() }
    }
}

extension StaffSnapshot {
    func write(to writer: inout JSONWriter) {
        writer.member("epoch", page.epoch)
        writer.member("feed", feed)
        writer.name("row")
        conversation.row.write(to: &writer)
        writer.object("customer") { writer in
            writer.member("id", customer.id)
            writer.member("name", customer.details.name)
            writer.member("email", customer.details.email)
            writer.member("createdAt", customer.createdAt)
            writer.member("lastSeenAt", customer.lastSeenAt)
            writer.member("page", customer.details.page)
        }
        page.write(to: &writer, for: .staff)
        writer.array("receipts", receipts) { writer, receipt in
            writer.receipt(by: receipt.by, delivered: receipt.delivered, read: receipt.read)
        }
        writer.object("mark") { writer in
            writer.member("read", mark.read)
            writer.member("customerMessages", mark.customerMessages)
        }
    }
}

extension CustomerSnapshot {
    func write(to writer: inout JSONWriter, staff: [MemberCard]) {
        writer.member("epoch", page.epoch)
        writer.member("conversation", conversation?.id)
        writer.member("status", conversation?.isResolved == true ? "resolved" : "open")
        page.write(to: &writer, for: .customer)
        writer.array("receipts", receipts) { writer, receipt in
            writer.receipt(by: receipt.by, delivered: receipt.delivered, read: receipt.read)
        }
        writer.object("mark") { writer in
            writer.member("delivered", delivered)
            writer.member("read", read)
        }
        writer.array("staff", staff) { writer, card in
            writer.object { writer in
                writer.member("id", card.id)
                writer.member("name", card.name)
            }
        }
    }
}

extension Inbox.Listing {
    func write(to writer: inout JSONWriter) {
        writer.member("epoch", epoch)
        writer.member("feed", feed)
        writer.array("items", page.items) { $1.write(to: &$0) }
        writer.marks(marks)
        writer.member("next", page.next?.text)
    }
}

extension Search.Found {
    func write(to writer: inout JSONWriter) {
        writer.member("epoch", epoch)
        writer.member("feed", feed)
        writer.array("items", page.items) { $1.write(to: &$0) }
        writer.marks(marks)
        writer.member("next", page.next?.text)
        writer.name("building")
        guard let building else { return writer.null() }
        writer.object { writer in
            writer.member("done", building.done)
            writer.member("of", building.of)
        }
    }
}

extension Search.Hit {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.name("row")
            row.write(to: &writer)
            writer.member("kind", kind)
            writer.member("seq", seq)
            writer.member("at", at)
            writer.name("by")
            if let by { by.write(to: &writer) } else { writer.null() }
            writer.object("excerpt") { writer in
                writer.member("text", excerpt.text)
                writer.array("marks", excerpt.marks) { writer, mark in
                    writer.array([mark.lowerBound, mark.upperBound]) { $0.value(Int64($1)) }
                }
            }
        }
    }
}

extension Shop {
    /// - Parameter base: the address under which visitors reach this server.
    func write(to writer: inout JSONWriter, base: String) {
        writer.object { writer in
            writer.member("id", id)
            writer.member("name", look.name)
            writer.member("key", key)
            writer.member("greeting", look.greeting)
            writer.member("colour", look.colour)
            writer.member("language", look.language.rawValue)
            writer.array("origins", origins) { $0.value($1) }
            writer.member("active", isActive)
            writer.member("snippet", snippet(base: base))
            writer.member("createdAt", createdAt)
        }
    }
}

extension JSONWriter {
    /// How far the member has read, by conversation.
    fileprivate mutating func marks(_ marks: [ReadMark]) {
        object("marks") { writer in
            for mark in marks {
                writer.name(text: mark.conversation.description)
                writer.object { writer in
                    writer.member("read", mark.read)
                    writer.member("customerMessages", mark.customerMessages)
                }
            }
        }
    }

    fileprivate mutating func receipt(by: Author, delivered: Int64, read: Int64) {
        object { writer in
            writer.name("by")
            by.write(to: &writer)
            writer.member("delivered", delivered)
            writer.member("read", read)
        }
    }
}
