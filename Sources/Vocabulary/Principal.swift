/// What a member may do in a workspace, from most to least.
package enum Role: String, Sendable, Codable, CaseIterable, Comparable {
    case owner, admin, agent

    private var rank: Int {
        switch self {
        case .agent: 0
        case .admin: 1
        case .owner: 2
        }
    }

    package static func < (left: Role, right: Role) -> Bool { left.rank < right.rank }
}

/// A signed-in member, as every room sees it.
package struct MemberPrincipal: Hashable, Sendable {
    package let member: MemberID
    package let workspace: WorkspaceID
    package let session: SessionID
    package let role: Role
    /// Shown to customers and colleagues.
    package let name: String

    package init(member: MemberID, workspace: WorkspaceID, session: SessionID, role: Role, name: String) {
        self.member = member
        self.workspace = workspace
        self.session = session
        self.role = role
        self.name = name
    }
}

/// A visitor who presented the credential that the server made for it.
package struct CustomerPrincipal: Hashable, Sendable {
    package let customer: CustomerID
    package let shop: ShopID
    package let workspace: WorkspaceID
    /// Empty while the visitor has not said who it is.
    package let name: String

    package init(customer: CustomerID, shop: ShopID, workspace: WorkspaceID, name: String) {
        self.customer = customer
        self.shop = shop
        self.workspace = workspace
        self.name = name
    }
}

/// Who acts.
package enum Principal: Hashable, Sendable {
    case member(MemberPrincipal)
    case customer(CustomerPrincipal)

    package var workspace: WorkspaceID {
        switch self {
        case .member(let member): member.workspace
        case .customer(let customer): customer.workspace
        }
    }
}
