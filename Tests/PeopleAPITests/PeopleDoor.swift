import Bus
import Hummingbird
import People
import PeopleAPI
import Storage
import TestSupport
import Vocabulary
import WebServer

/// The door with everything in front of it, on a real database: the workspace *Lantern* and its owner Ada, when asked for.
struct PeopleDoor {
    let people: PeopleRoom
    let database: any HouseDatabase
    let clock = ManualClock()
    let responder: RouterResponder<RequestScope>
    private let kept: TemporaryDatabase

    static let password = "lantern light at dusk"

    init(limiter: SignInLimiter = SignInLimiter()) async throws {
        kept = try await TemporaryDatabase.open(schemas: [PeopleRoom.schema])
        database = kept.database
        people = PeopleRoom(
            database: kept.database, bus: LocalBus(), clock: clock, shops: NoShops(),
            passwords: try PasswordHasher(cost: .init(passes: 1, memory: 8_192)), limiter: limiter, logger: .silent)
        let router = Router(context: RequestScope.self)
        router.addHouseMiddleware()
        router.add(middleware: SessionMiddleware(people: people))
        PeopleRoutes(people: people, firstShop: EchoingShop()).add(to: router)
        responder = router.buildResponder()
    }

    func browser(isSecure: Bool = false, address: String = "192.0.2.7") -> Browser {
        Browser(responder, isSecure: isSecure, address: address)
    }

    /// A browser in which the owner of a new workspace is signed in.
    func owner(_ email: String = "ada@lantern.example", of workspace: String = "Lantern") async throws -> Browser {
        _ = try await people.workspaces.found(
            FoundingDraft(workspace: workspace, ownerName: "Ada", email: email, password: Secret(Self.password)))
        return try await signIn(email)
    }

    func signIn(_ email: String) async throws -> Browser {
        let browser = browser()
        _ = try await browser.post("/api/sessions", #"{"email":"\#(email)","password":"\#(Self.password)"}"#)
        return browser
    }

    /// A browser in which a member who joined by invitation is signed in.
    func join(_ email: String, _ role: Role, invitedBy owner: Browser) async throws -> Browser {
        let invited = try await owner.post("/api/invitations", #"{"email":"\#(email)","role":"\#(role.rawValue)"}"#)
        let token = try invited.decode(InvitationAnswer.self).link.split(separator: "#").last ?? ""
        let browser = browser()
        _ = try await browser.post("/api/invitations/accept", #"{"token":"\#(token)","name":"Bo","password":"\#(Self.password)"}"#)
        return browser
    }
}

/// No workspace has any shop.
private struct NoShops: ShopStaffing {
    func areShops(_ shops: [ShopID], of workspace: WorkspaceID, on connection: any SQLConnection) throws -> Bool { shops.isEmpty }
    func assign(_ member: MemberID, of workspace: WorkspaceID, to shops: [ShopID], on connection: any SQLConnection) throws {}
}

/// Answers the wish as JSON, and refuses an empty name as the room of shops would.
private struct EchoingShop: FirstShopMaking {
    func step(making wish: FirstShopWish, at origin: String) throws -> FoundingStep<[UInt8]> {
        { _, workspace, _ in
            guard !wish.name.isEmpty else {
                throw Problem(
                    .unprocessableContent, code: "desk.field_invalid", detail: "no name",
                    fields: [FieldProblem(field: "shop.name", code: "invalid", detail: "no name")])
            }
            return Array(#"{"name":"\#(wish.name)","workspace":"\#(workspace)","origin":"\#(origin)"}"#.utf8)
        }
    }
}

struct MemberAnswer: Decodable, Equatable {
    let id: String
    let name: String
    let email: String
    let role: String
    let language: String
    let active: Bool
    let createdAt: Int64
}

struct WorkspaceAnswer: Decodable, Equatable {
    let id: String
    let name: String
}

struct SignedInAnswer: Decodable, Equatable {
    let workspace: WorkspaceAnswer
    let member: MemberAnswer
    let session: String?
}

struct InvitationAnswer: Decodable {
    let id: String
    let email: String
    let role: String
    let createdAt: Int64
    let expiresAt: Int64
    let link: String
}

struct SessionAnswer: Decodable {
    let id: String
    let current: Bool
    let userAgent: String
    let address: String
}

struct ListAnswer<Item: Decodable>: Decodable {
    let items: [Item]
    let next: String?
}

struct ProblemAnswer: Decodable, Equatable {
    struct Field: Decodable, Equatable {
        let field: String
        let code: String
    }

    let status: Int
    let code: String
    let detail: String
    let errors: [Field]?
}
