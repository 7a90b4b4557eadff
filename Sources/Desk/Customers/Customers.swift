import Storage
package import Vocabulary

/// The visitors of shops.
package struct Customers: Sendable {
    let database: any Database
    let clock: any WallClock
    /// Told after a change of what lists show.
    let feed: FeedWriter

    /// Makes a customer and its credential, which is shown only here.
    /// - Parameter origin: the `Origin` of the request: the credential is good from there only. Nil for clients that are not browsers.
    package func make(in shop: Shop, name: String?, email: String?, page: String?, origin: String?) async throws -> (Customer, Token) {
        let now = clock.now()
        let details = try CustomerDetails().replacing(name: name, email: email, page: page)
        let customer = Customer(
            id: .make(at: now), workspace: shop.workspace, shop: shop.id, details: details, createdAt: now, lastSeenAt: now)
        let token = Token.make()
        try await database.write { connection in
            try CustomerStore.insert(customer, credential: token.digest, origin: origin, on: connection)
        }
        return (customer, token)
    }

    /// The customer who presents `credential` to `shop`.
    /// - Throws: `DeskError.credentialUnknown` when it is not of this shop, or is used from another origin than the one it was made for.
    package func customer(credential: String, in shop: Shop, origin: String?) async throws -> Customer {
        let digest = Token.digest(of: credential)
        return try await database.read { connection in
            guard let (customer, bound) = try CustomerStore.customer(credential: digest, shop: shop.id, on: connection),
                bound == nil || origin == nil || bound == origin
            else { throw DeskError.credentialUnknown }
            return customer
        }
    }

    /// What the visitor says of itself; its conversation's row shows the new name at once, and the search finds name and address.
    package func change(_ customer: Customer, name: String?, email: String?, page: String?) async throws -> Customer {
        try await feed.writing { connection, now in
            // Read again inside: another request may have changed another field meanwhile.
            guard let stored = try CustomerStore.customer(customer.id, on: connection) else { throw DeskError.customerNotFound }
            var changed = stored
            changed.details = try stored.details.replacing(name: name, email: email, page: page)
            guard changed != stored else { return (stored, nil) }
            try CustomerStore.update(customer.id, details: changed.details, on: connection)
            guard changed.details.searchable != stored.details.searchable,
                let conversation = try ConversationStore.conversation(of: customer.id, on: connection)
            else { return (changed, nil) }
            return (changed, try ConversationStore.touch(conversation, at: now, on: connection))
        }
    }
}
