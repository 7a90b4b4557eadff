import Vocabulary

/// Somebody who is connected to an instance, over whatever number of sockets.
struct PresentPerson: Hashable, Sendable {
    let person: Principal.Person
    let workspace: WorkspaceID
    /// Of a visitor.
    let shop: ShopID?
    /// A member who sees every shop of the workspace.
    let seesAll: Bool

    init(person: Principal.Person, workspace: WorkspaceID, shop: ShopID?, seesAll: Bool) {
        self.person = person
        self.workspace = workspace
        self.shop = shop
        self.seesAll = seesAll
    }

    init(_ principal: Principal) {
        person = principal.person
        workspace = principal.workspace
        switch principal {
        case .member(let member): (shop, seesAll) = (nil, member.role >= .admin)
        case .customer(let customer): (shop, seesAll) = (customer.shop, false)
        }
    }
}
