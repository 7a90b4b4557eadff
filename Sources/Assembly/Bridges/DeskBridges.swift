import Console
import Desk
import People
import Storage
import Vocabulary

/// The desk's view of members, from the room that owns them.
struct PeopleDirectory: MemberDirectory {
    let people: PeopleRoom

    func members(of workspace: WorkspaceID) async throws -> [MemberCard] {
        try await people.members.all(of: workspace).map { MemberCard(id: $0.id, name: $0.name, role: $0.role, isActive: $0.isActive) }
    }

    func principal(ofSession session: SessionID) async throws -> MemberPrincipal? {
        try await people.sessions.principal(ofSession: session)
    }

    func principals(ofSessions sessions: [SessionID]) async throws -> [SessionID: MemberPrincipal] {
        try await people.sessions.principals(ofSessions: sessions)
    }
}

/// What invitations need of shops.
struct DeskStaffing: ShopStaffing {
    func areShops(_ shops: [ShopID], of workspace: WorkspaceID, on connection: any SQLConnection) throws -> Bool {
        try Shops.areShops(shops, of: workspace, on: connection)
    }

    func assign(_ member: MemberID, of workspace: WorkspaceID, to shops: [ShopID], on connection: any SQLConnection) throws {
        try Shops.assign(member, of: workspace, to: shops, on: connection)
    }
}

/// What the pages need of shops.
struct DeskShopPages: ShopPages {
    let desk: DeskRoom

    func panelOrigins(key: String) async throws -> [String]? {
        do {
            return try await desk.shops.shop(key: key).origins
        } catch DeskError.shopUnknown {
            return nil
        }
    }

    func snippet(key: String?, base: String) async throws -> String? {
        guard let key else { return try await desk.shops.first()?.snippet(base: base) }
        do {
            return try await desk.shops.shop(key: key).snippet(base: base)
        } catch DeskError.shopUnknown {
            return nil
        }
    }
}
