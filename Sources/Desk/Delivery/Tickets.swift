import DeskProtocol
import Storage
package import Vocabulary

/// One-use tickets that open sockets: credentials themselves never travel in a URL or a frame.
package struct Tickets: Sendable {
    /// How long a ticket is good.
    package static let lifetime = Duration.seconds(60)

    let database: any Database
    let clock: any WallClock
    let directory: any MemberDirectory

    package func make(for member: MemberPrincipal) async throws -> Token {
        try await make(session: member.session, customer: nil)
    }

    package func make(for customer: Customer) async throws -> Token {
        try await make(session: nil, customer: customer.id)
    }

    private func make(session: SessionID?, customer: CustomerID?) async throws -> Token {
        let token = Token.make()
        let expiry = clock.now() + Self.lifetime
        try await database.write { connection in
            try connection.execute(
                "INSERT INTO ticket (digest, member_session, customer_id, expires_at) VALUES (?, ?, ?, ?)", token.digest, session, customer,
                expiry)
            if let customer { try CustomerStore.seen(customer, at: expiry - Self.lifetime, on: connection) }
        }
        return token
    }

    /// Who comes with this ticket; the ticket is gone afterwards.
    /// - Throws: `DeskError.frame` with `badTicket`.
    package func redeem(_ text: String) async throws -> Principal {
        let digest = Token.digest(of: text)
        let now = clock.now()
        let holder = try await database.write { connection -> (SessionID?, Customer?)? in
            let row = try connection.row("SELECT member_session, customer_id FROM ticket WHERE digest = ? AND expires_at > ?", digest, now)
            guard let row else { return nil }
            try connection.execute("DELETE FROM ticket WHERE digest = ?", digest)
            let customer: CustomerID? = try row.get(1)
            return (try row.get(0), try customer.flatMap { try CustomerStore.customer($0, on: connection) })
        }
        switch holder {
        case (let session?, nil)?:
            if let principal = try await directory.principal(ofSession: session) { return .member(principal) }
        case (nil, let customer?)?:
            return .customer(customer.principal)
        default: break
        }
        throw DeskError.refused(.badTicket, "unknown, used or expired: fetch a new one")
    }

    /// Forgets tickets that nobody used.
    func forgetExpired() async throws {
        let now = clock.now()
        try await database.write { connection in _ = try connection.execute("DELETE FROM ticket WHERE expires_at <= ?", now) }
    }
}
