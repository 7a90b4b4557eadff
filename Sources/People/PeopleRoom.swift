package import Bus
package import Logging
package import Storage
package import Vocabulary

/// The room of workspaces, members, their sessions and invitations.
package struct PeopleRoom: Sendable {
    package let workspaces: Workspaces
    package let members: Members
    package let sessions: Sessions
    package let invitations: Invitations
    package let setup: Setup

    /// The room's tables.
    package static let schema = PeopleSchema.schema

    /// - Parameters:
    ///   - shops: what invitations need of the room that owns shops.
    ///   - limiter: how often passwords may be tried.
    ///   - isShared: several processes share the database: it counts the tries of all of them together.
    package init(
        database: any Database, bus: any MessageBus, clock: any WallClock, shops: any ShopStaffing, passwords: PasswordHasher,
        limiter: SignInLimiter = SignInLimiter(), isShared: Bool = false, logger: Logger
    ) {
        let gate = SignInGate(limiter, shared: isShared ? database : nil)
        workspaces = Workspaces(database: database, clock: clock, passwords: passwords)
        members = Members(database: database, bus: bus, clock: clock, passwords: passwords, gate: gate)
        sessions = Sessions(database: database, bus: bus, clock: clock, passwords: passwords, gate: gate, logger: logger)
        invitations = Invitations(database: database, clock: clock, passwords: passwords, shops: shops)
        setup = Setup(database: database, clock: clock, passwords: passwords)
    }
}
