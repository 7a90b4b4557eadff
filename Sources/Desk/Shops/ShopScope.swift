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
