import Vocabulary

/// One number of a workspace's feed, ready to be told.
struct FeedNews: Sendable {
    enum What: Sendable {
        /// - Parameter showsRow: false where the row was read later than this number: it comes with the number that is its version, so that
        ///   nobody sees in it what was written after their rights ended.
        case change(Change, showsRow: Bool)
        /// `staff` where that changed.
        case shop(Shop, staff: Set<MemberID>?)
    }

    let number: Int64
    let workspace: WorkspaceID
    let what: What
    /// Another instance wrote it.
    let isForeign: Bool

    init(_ change: Change) {
        number = change.conversation.version
        workspace = change.conversation.workspace
        what = .change(change, showsRow: true)
        isForeign = false
    }

    init(_ shop: Shop, number: Int64, staff: Set<MemberID>?) {
        self.number = number
        workspace = shop.workspace
        what = .shop(shop, staff: staff)
        isForeign = false
    }

    init(foreign what: What, number: Int64, in workspace: WorkspaceID) {
        self.number = number
        self.workspace = workspace
        self.what = what
        isForeign = true
    }
}
