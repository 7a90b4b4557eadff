package import Storage
package import Vocabulary

/// What invitations need of the shops, which another room owns. Filled in Assembly.
package protocol ShopStaffing: Sendable {
    /// Whether all of `shops` are shops of `workspace`.
    func areShops(_ shops: [ShopID], of workspace: WorkspaceID, on connection: any SQLConnection) throws -> Bool
    /// Makes `member` one of the staff of those `shops` that belong to `workspace`, in the caller's transaction.
    func assign(_ member: MemberID, of workspace: WorkspaceID, to shops: [ShopID], on connection: any SQLConnection) throws
}
