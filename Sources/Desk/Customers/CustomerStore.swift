import Storage
import Vocabulary

/// Customers in the database.
enum CustomerStore {
    private static let columns = "id, workspace_id, shop_id, name, email, page, created_at, last_seen_at"

    static func insert(_ customer: Customer, credential: [UInt8], origin: String?, on connection: any SQLConnection) throws {
        try connection.execute(
            "INSERT INTO customer (\(columns), credential, origin) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", customer.id, customer.workspace,
            customer.shop, customer.details.name, customer.details.email, customer.details.page, customer.createdAt, customer.lastSeenAt,
            credential, origin)
    }

    /// The customer with this credential in this shop, and the origin to which the credential is bound.
    static func customer(credential: [UInt8], shop: ShopID, on connection: any SQLConnection) throws -> (Customer, origin: String?)? {
        try connection.row("SELECT \(columns), origin FROM customer WHERE credential = ? AND shop_id = ?", credential, shop)
            .map { (try customer(from: $0), origin: try $0.get(8)) }
    }

    static func customer(_ id: CustomerID, on connection: any SQLConnection) throws -> Customer? {
        try connection.row("SELECT \(columns) FROM customer WHERE id = ?", id).map(customer(from:))
    }

    static func update(_ id: CustomerID, details: CustomerDetails, on connection: any SQLConnection) throws {
        try connection.execute(
            "UPDATE customer SET name = ?, email = ?, page = ? WHERE id = ?", details.name, details.email, details.page, id)
    }

    static func seen(_ id: CustomerID, at time: Timestamp, on connection: any SQLConnection) throws {
        try connection.execute("UPDATE customer SET last_seen_at = ? WHERE id = ? AND last_seen_at < ?", time, id, time)
    }

    private static func customer(from row: Row) throws -> Customer {
        Customer(
            id: try row.get(0), workspace: try row.get(1), shop: try row.get(2),
            details: CustomerDetails(name: try row.get(3), email: try row.get(4), page: try row.get(5)), createdAt: try row.get(6),
            lastSeenAt: try row.get(7))
    }
}
