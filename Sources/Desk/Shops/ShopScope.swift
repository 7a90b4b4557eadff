import Storage
package import Vocabulary

/// The shops whose conversations a member may see.
package enum ShopScope: Hashable, Sendable {
    /// Owners and admins: every shop of the workspace.
    case all
    /// Agents: the shops that they serve.
    case only(Set<ShopID>)

    package func contains(_ shop: ShopID) -> Bool {
        switch self {
        case .all: true
        case .only(let shops): shops.contains(shop)
        }
    }

    /// This scope with or without `shop`; who sees every shop goes on doing so.
    func serving(_ shop: ShopID, _ isServing: Bool) -> ShopScope {
        guard case .only(var shops) = self else { return self }
        if isServing { shops.insert(shop) } else { shops.remove(shop) }
        return .only(shops)
    }

    static func of(_ member: MemberPrincipal, on connection: any SQLConnection) throws -> ShopScope {
        guard member.role == .agent else { return .all }
        return .only(try ShopStore.shops(of: member.workspace, servedBy: member.member, on: connection))
    }
}

extension SQLCondition {
    /// The conversations `c` that a member may see: all of them, or those of one shop.
    static func conversations(of member: MemberPrincipal, shop: ShopID?, on connection: any SQLConnection) throws -> SQLCondition {
        var conditions = ["c.workspace_id = ?"]
        var arguments = [member.workspace.sqlValue]
        if let shop {
            conditions.append("c.shop_id = ?")
            arguments.append(shop.sqlValue)
        }
        if case .only(let shops) = try ShopScope.of(member, on: connection) {
            conditions.append(shops.isEmpty ? "1 = 0" : "c.shop_id IN (\(shops.map { _ in "?" }.joined(separator: ", ")))")
            arguments += shops.sorted().map(\.sqlValue)
        }
        return SQLCondition(conditions.joined(separator: " AND "), arguments)
    }
}
