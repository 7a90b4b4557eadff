/// The identity of a `Subject`, so that a shop's id can't be passed where a conversation's is meant.
package struct Identifier<Subject>: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let ulid: ULID

    package init(_ ulid: ULID) {
        self.ulid = ulid
    }

    /// Nil unless `text` is a ULID of 26 characters.
    package init?(_ text: some StringProtocol) {
        guard let ulid = ULID(text) else { return nil }
        self.ulid = ulid
    }

    /// A new one for `time`.
    package static func make(at time: Timestamp) -> Identifier {
        Identifier(ULID.make(at: time))
    }

    package var description: String { ulid.description }

    package static func < (left: Identifier, right: Identifier) -> Bool {
        left.ulid < right.ulid
    }
}

extension Identifier: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let identifier = Identifier(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not an identifier of 26 characters")
        }
        self = identifier
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

// The subjects that more than one room speaks of. Each room owns what it says about them.

/// The tenant: owns shops, members and settings; nothing crosses it.
package enum WorkspaceSubject {}
/// A person who signs in.
package enum MemberSubject {}
/// One signed-in browser of a member.
package enum SessionSubject {}
/// One site or app that embeds the widget.
package enum ShopSubject {}
/// A visitor of a shop.
package enum CustomerSubject {}
/// One customer's thread in one shop.
package enum ConversationSubject {}
/// Anything durable in a conversation.
package enum EventSubject {}
/// One process of the house, from its start to its end.
package enum InstanceSubject {}

package typealias WorkspaceID = Identifier<WorkspaceSubject>
package typealias MemberID = Identifier<MemberSubject>
package typealias SessionID = Identifier<SessionSubject>
package typealias ShopID = Identifier<ShopSubject>
package typealias CustomerID = Identifier<CustomerSubject>
package typealias ConversationID = Identifier<ConversationSubject>
package typealias EventID = Identifier<EventSubject>
package typealias InstanceID = Identifier<InstanceSubject>
