import Bus
package import Storage
package import Vocabulary

/// The shops of a workspace and what may be done with them.
package struct Shops: Sendable {
    let database: any Database
    let bus: any MessageBus
    let clock: any WallClock
    let directory: any MemberDirectory
    let delivery: Delivery

    /// Makes a shop inside a transaction of somebody else's: set-up writes workspace, owner and first shop in one.
    package func makeFirst(in workspace: WorkspaceID, _ change: ShopChange, on connection: any SQLConnection) throws -> Shop {
        try insertNew(in: workspace, change, on: connection)
    }

    /// Are all of these shops of the workspace? For invitations, inside their transaction.
    package static func areShops(_ shops: [ShopID], of workspace: WorkspaceID, on connection: any SQLConnection) throws -> Bool {
        try shops.allSatisfy { try ShopStore.shop($0, in: workspace, on: connection) != nil }
    }

    /// Makes `member` one of the staff of those `shops` that belong to `workspace`, inside a transaction of somebody else's.
    package static func assign(
        _ member: MemberID, of workspace: WorkspaceID, to shops: [ShopID], on connection: any SQLConnection
    ) throws {
        for shop in Set(shops) where try ShopStore.shop(shop, in: workspace, on: connection) != nil {
            guard try !ShopStore.staff(of: shop, on: connection).contains(member) else { continue }
            try ShopStore.addStaff(member, to: shop, on: connection)
        }
    }

    package func make(_ change: ShopChange, by member: MemberPrincipal) async throws -> Shop {
        try requireAdmin(member)
        let now = clock.now()
        let delivery = delivery
        return try await database.write(
            { connection in
                let shop = try insertNew(in: member.workspace, change, on: connection)
                return (shop, try FeedStore.append(shop: shop, isRestaffing: false, at: now, on: connection))
            }, committed: { delivery.committed(.shop($0.0, feed: $0.1, staff: nil)) }
        ).0
    }

    package func change(_ id: ShopID, _ change: ShopChange, by member: MemberPrincipal) async throws -> Shop {
        try await edit(id, by: member) { shop throws(DeskError) in shop = try shop.applying(change) }
    }

    /// Gives the shop a new public key; whoever embeds the old one is cut off at once.
    package func replaceKey(of id: ShopID, by member: MemberPrincipal) async throws -> Shop {
        try await edit(id, by: member) { shop in shop.key = Self.newKey() }
    }

    package func shop(_ id: ShopID, for member: MemberPrincipal) async throws -> Shop {
        try await database.read { connection in
            guard let shop = try ShopStore.shop(id, in: member.workspace, on: connection),
                try ShopScope.of(member, on: connection).contains(id)
            else { throw DeskError.shopNotFound }
            return shop
        }
    }

    /// The shops that the member may see, oldest first.
    package func list(for member: MemberPrincipal, after cursor: Cursor?, limit: Int) async throws -> Page<Shop> {
        try await database.read { connection in
            let scope = try ShopScope.of(member, on: connection)
            let rows = try ShopStore.shops(of: member.workspace, after: cursor?.keys.first ?? "", limit: limit + 1, on: connection)
            let page = rows.prefix(limit)
            let next = rows.count > limit ? page.last.map { Cursor([$0.id.description]) } : nil
            return Page(items: page.filter { scope.contains($0.id) }, next: next)
        }
    }

    /// The shop that a widget names.
    /// - Throws: `DeskError.shopUnknown` when no active shop has this key.
    package func shop(key: String) async throws -> Shop {
        try await database.read { connection in
            guard let shop = try ShopStore.shop(key: key, on: connection) else { throw DeskError.shopUnknown }
            return shop
        }
    }

    /// The oldest active shop of the instance: what `/demo` shows.
    package func first() async throws -> Shop? {
        try await database.read { connection in try ShopStore.firstActive(on: connection) }
    }

    package func staff(of id: ShopID, for member: MemberPrincipal) async throws -> [MemberID] {
        _ = try await shop(id, for: member)
        return try await database.read { connection in try ShopStore.staff(of: id, on: connection) }
    }

    package func replaceStaff(of id: ShopID, with members: [MemberID], by member: MemberPrincipal) async throws {
        let known = Set(try await directory.members(of: member.workspace).filter(\.isActive).map(\.id))
        guard members.allSatisfy(known.contains) else { throw DeskError.membersUnknown }
        _ = try await edit(id, by: member, staff: members) { _ in }
    }

    private func edit(
        _ id: ShopID, by member: MemberPrincipal, staff: [MemberID]? = nil,
        _ body: @escaping @Sendable (inout Shop) throws(DeskError) -> Void
    ) async throws -> Shop {
        try requireAdmin(member)
        let now = clock.now()
        let delivery = delivery
        let (shop, _, wasCutOff) = try await database.write(
            { connection in
                guard let before = try ShopStore.shop(id, in: member.workspace, on: connection) else { throw DeskError.shopNotFound }
                var shop = before
                try body(&shop)
                try ShopStore.update(shop, on: connection)
                let isRestaffing = try staff.map { try Self.replaceStaff(of: id, by: $0, on: connection) } ?? false
                let feed = try FeedStore.append(shop: shop, isRestaffing: isRestaffing, at: now, on: connection)
                return (shop, feed, shop.key != before.key || !shop.isActive)
            }, committed: { delivery.committed(.shop($0.0, feed: $0.1, staff: staff.map(Set.init))) })
        if wasCutOff { bus.ring(.shopClosed(id)) }
        return shop
    }

    /// True when that gave or took somebody a right.
    private static func replaceStaff(of id: ShopID, by staff: [MemberID], on connection: any SQLConnection) throws -> Bool {
        let before = try ShopStore.staff(of: id, on: connection)
        try ShopStore.replaceStaff(of: id, by: staff, on: connection)
        return Set(before) != Set(staff)
    }

    private func insertNew(in workspace: WorkspaceID, _ change: ShopChange, on connection: any SQLConnection) throws -> Shop {
        let now = clock.now()
        guard change.name != nil else { throw DeskError.fieldInvalid(field: "name", reason: "1 to 100 characters") }
        let blank = Shop(
            id: .make(at: now), workspace: workspace, key: Self.newKey(), look: ShopLook(name: ""), origins: [], isActive: true,
            createdAt: now)
        let shop = try blank.applying(change)
        try ShopStore.insert(shop, on: connection)
        return shop
    }

    private func requireAdmin(_ member: MemberPrincipal) throws(DeskError) {
        guard member.role >= .admin else { throw .roleTooLow }
    }

    /// 128 random bits, so that nobody can walk through other people's shops.
    private static func newKey() -> String {
        "shop_" + Base64URL.encode((0..<16).map { _ in UInt8.random(in: .min ... .max) })
    }
}
