import Storage
import Vocabulary

/// Shops in the database.
enum ShopStore {
    private static let columns = "id, workspace_id, public_key, name, greeting, colour, language, is_active, created_at"

    static func insert(_ shop: Shop, on connection: any SQLConnection) throws {
        try connection.execute(
            "INSERT INTO shop (\(columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", shop.id, shop.workspace, shop.key, shop.look.name,
            shop.look.greeting, shop.look.colour, shop.look.language.rawValue, shop.isActive, shop.createdAt)
        try replaceOrigins(of: shop, on: connection)
    }

    static func update(_ shop: Shop, on connection: any SQLConnection) throws {
        try connection.execute(
            "UPDATE shop SET public_key = ?, name = ?, greeting = ?, colour = ?, language = ?, is_active = ? WHERE id = ?", shop.key,
            shop.look.name, shop.look.greeting, shop.look.colour, shop.look.language.rawValue, shop.isActive, shop.id)
        try replaceOrigins(of: shop, on: connection)
    }

    private static func replaceOrigins(of shop: Shop, on connection: any SQLConnection) throws {
        try connection.execute("DELETE FROM shop_origin WHERE shop_id = ?", shop.id)
        for origin in shop.origins {
            try connection.execute("INSERT INTO shop_origin (shop_id, origin) VALUES (?, ?)", shop.id, origin)
        }
    }

    static func shop(_ id: ShopID, in workspace: WorkspaceID, on connection: any SQLConnection) throws -> Shop? {
        try connection.row("SELECT \(columns) FROM shop WHERE id = ? AND workspace_id = ?", id, workspace)
            .map { try shop(from: $0, on: connection) }
    }

    static func shop(key: String, on connection: any SQLConnection) throws -> Shop? {
        try connection.row("SELECT \(columns) FROM shop WHERE public_key = ? AND is_active = 1", key)
            .map { try shop(from: $0, on: connection) }
    }

    static func firstActive(on connection: any SQLConnection) throws -> Shop? {
        try connection.row("SELECT \(columns) FROM shop WHERE is_active = 1 ORDER BY id LIMIT 1").map { try shop(from: $0, on: connection) }
    }

    /// In the order of their making, after the shop `after`.
    static func shops(of workspace: WorkspaceID, after: String, limit: Int, on connection: any SQLConnection) throws -> [Shop] {
        try connection.rows("SELECT \(columns) FROM shop WHERE workspace_id = ? AND id > ? ORDER BY id LIMIT ?", workspace, after, limit)
            .map { try shop(from: $0, on: connection) }
    }

    static func shops(of workspace: WorkspaceID, servedBy member: MemberID, on connection: any SQLConnection) throws -> Set<ShopID> {
        Set(
            try connection.rows(
                "SELECT s.id FROM shop_staff st JOIN shop s ON s.id = st.shop_id WHERE st.member_id = ? AND s.workspace_id = ?", member,
                workspace
            ).map { try $0.get(0) })
    }

    static func staff(of shop: ShopID, on connection: any SQLConnection) throws -> [MemberID] {
        try connection.rows("SELECT member_id FROM shop_staff WHERE shop_id = ? ORDER BY member_id", shop).map { try $0.get(0) }
    }

    static func replaceStaff(of shop: ShopID, by members: [MemberID], on connection: any SQLConnection) throws {
        try connection.execute("DELETE FROM shop_staff WHERE shop_id = ?", shop)
        for member in Set(members) { try addStaff(member, to: shop, on: connection) }
    }

    static func addStaff(_ member: MemberID, to shop: ShopID, on connection: any SQLConnection) throws {
        try connection.execute("INSERT INTO shop_staff (shop_id, member_id) VALUES (?, ?)", shop, member)
    }

    private static func shop(from row: Row, on connection: any SQLConnection) throws -> Shop {
        let id: ShopID = try row.get(0)
        let origins = try connection.rows("SELECT origin FROM shop_origin WHERE shop_id = ? ORDER BY origin", id).map {
            try $0.get(0, as: String.self)
        }
        return Shop(
            id: id, workspace: try row.get(1), key: try row.get(2),
            look: ShopLook(
                name: try row.get(3), greeting: try row.get(4), colour: try row.get(5),
                language: ShopLook.Language(rawValue: try row.get(6)) ?? .auto),
            origins: origins, isActive: try row.get(7), createdAt: try row.get(8))
    }
}
