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
    ///   - limiter: how often passwords may be tried in this process.
    package init(
        database: any Database, bus: any MessageBus, clock: any WallClock, shops: any ShopStaffing, passwords: PasswordHasher,
        limiter: SignInLimiter = SignInLimiter(), logger: Logger
    ) {
        let gate = SignInGate(limiter)
        workspaces = Workspaces(database: database, clock: clock, passwords: passwords)
        members = Members(database: database, bus: bus, clock: clock, passwords: passwords, gate: gate)
        sessions = Sessions(database: database, bus: bus, clock: clock, passwords: passwords, gate: gate, logger: logger)
        invitations = Invitations(database: database, clock: clock, passwords: passwords, shops: shops)
        setup = Setup(database: database, clock: clock, passwords: passwords)
    }
}
