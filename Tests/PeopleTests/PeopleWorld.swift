import Bus
import Logging
import People
import Storage
import Synchronization
import TestSupport
import Vocabulary

/// One small world: the shop *Lantern* with its owner Ada, on a real database.
struct PeopleWorld {
    let database: any HouseDatabase
    let people: PeopleRoom
    let clock = ManualClock()
    let bells: Recorder<Bell>
    let staffing: ScriptedStaffing
    let passwords: PasswordHasher
    private let kept: (TemporaryDatabase, BusSubscription)

    static let password = Secret("lantern light at dusk")
    static let laptop = Device(userAgent: "Lynx/2.9", address: "192.0.2.7")
    static let phone = Device(userAgent: "手机浏览器 📱", address: "2001:db8::7")

    init(limiter: SignInLimiter = SignInLimiter(), cost: PasswordHasher.Cost = .cheap) async throws {
        let temporary = try await TemporaryDatabase.open(schemas: [PeopleRoom.schema])
        let bus = LocalBus()
        let bells = Recorder<Bell>()
        kept = (temporary, bus.listen { bell, _ in bells.note(bell) })
        self.bells = bells
        database = temporary.database
        staffing = ScriptedStaffing()
        passwords = try PasswordHasher(cost: cost)
        people = PeopleRoom(
            database: database, bus: bus, clock: clock, shops: staffing, passwords: passwords, limiter: limiter, logger: .silent)
    }

    /// Another workspace and its owner, signed in.
    func found(_ workspace: String = "Lantern", owner email: String = "ada@lantern.example") async throws -> MemberPrincipal {
        let draft = FoundingDraft(workspace: workspace, ownerName: "Ada", email: email, password: Self.password)
        _ = try await people.workspaces.found(draft)
        return try await signIn(email)
    }

    /// A new member by invitation, signed in.
    func join(_ email: String, _ role: Role, invitedBy owner: MemberPrincipal) async throws -> MemberPrincipal {
        let sent = try await people.invitations.send(to: email, role: role, by: owner)
        let draft = JoiningDraft(name: "Bo", password: Self.password)
        let joined = try await people.invitations.accept(token: sent.token.text.reveal(), draft, from: Self.laptop)
        return try await principal(joined.session.token)
    }

    func signIn(_ email: String, _ password: Secret<String> = password, from device: Device = laptop) async throws -> MemberPrincipal {
        try await principal(try await people.sessions.signIn(email: email, password: password, from: device).session.token)
    }

    func principal(_ token: Token) async throws -> MemberPrincipal {
        guard let principal = try await people.sessions.principal(forToken: token.text.reveal()) else { throw PeopleError.signedOut }
        return principal
    }

    func isSignedIn(_ principal: MemberPrincipal) async throws -> Bool {
        try await people.sessions.principal(ofSession: principal.session) != nil
    }
}

extension PasswordHasher.Cost {
    /// The least that libsodium takes: for tests that are not about the cost.
    static let cheap = PasswordHasher.Cost(passes: 1, memory: 8_192)
}

/// Stands for the room of shops: knows some, notes who is put on which.
final class ScriptedStaffing: ShopStaffing {
    struct Assignment: Hashable {
        let member: MemberID
        let workspace: WorkspaceID
        let shops: Set<ShopID>
    }

    let known = Mutex<Set<ShopID>>([])
    let assigned = Recorder<Assignment>()

    func areShops(_ shops: [ShopID], of workspace: WorkspaceID, on connection: any SQLConnection) throws -> Bool {
        known.withLock { $0.isSuperset(of: shops) }
    }

    func assign(_ member: MemberID, of workspace: WorkspaceID, to shops: [ShopID], on connection: any SQLConnection) throws {
        assigned.note(Assignment(member: member, workspace: workspace, shops: Set(shops)))
    }
}

/// The code of the error that `body` throws; "none" when it does not, so that a comparison fails with both words in it.
func code(of body: () async throws -> some Any) async -> String {
    do {
        _ = try await body()
        return "none"
    } catch let error as PeopleError {
        return error.code
    } catch {
        return "uncoded: \(error)"
    }
}
