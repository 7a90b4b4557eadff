package import Vocabulary

/// What an owner or admin changes of a member; nil stays.
package struct MemberChange: Hashable, Sendable {
    package let role: Role?
    package let isActive: Bool?

    package init(role: Role? = nil, isActive: Bool? = nil) {
        self.role = role
        self.isActive = isActive
    }
}

extension Member {
    /// The member as `change` makes it: owners are made and changed by owners only, and the last active one stays.
    /// - Throws: `PeopleError.forbidden`, `.lastOwner`.
    package func applying(_ change: MemberChange, by actor: Member, activeOwners: Int) throws(PeopleError) -> Member {
        var member = self
        member.role = change.role ?? role
        member.isActive = change.isActive ?? isActive
        guard actor.mayManage(role), actor.mayManage(member.role) else { throw .forbidden }
        let stopsOwning = role == .owner && isActive && !(member.role == .owner && member.isActive)
        guard !stopsOwning || activeOwners > 1 else { throw .lastOwner }
        return member
    }

    /// Whether this member may invite, change or deactivate somebody of `other`.
    package func mayManage(_ other: Role) -> Bool {
        isActive && role >= .admin && role >= other
    }
}
