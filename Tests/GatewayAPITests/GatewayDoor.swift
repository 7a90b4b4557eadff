import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import Routing
import Storage
import Synchronization
import TestSupport
import Testing
import Vocabulary
import WebServer

@testable import Gateway
@testable import GatewayAPI

/// The door with everything in front of it, on a real database: workspace Lantern (the house's first) with Ada (owner), Cleo (admin) and Bo
/// (agent), and Eve, who owns Harbour.
final class GatewayDoor: Sendable {
    let clock = ManualClock()
    let storage: TemporaryDatabase
    let room: GatewayRoom
    private let mover: LedgerMover
    private let responder: RouterResponder<RequestScope>
    let ada: MemberPrincipal
    let cleo: MemberPrincipal
    let bo: MemberPrincipal
    let eve: MemberPrincipal

    init() async throws {
        let clock = clock
        storage = try await TemporaryDatabase.open(schemas: [.storage, GatewayRoom.schema], clock: clock)
        let lantern = WorkspaceID.make(at: clock.now())
        ada = Self.member("Ada", .owner, of: lantern, at: clock.now())
        cleo = Self.member("Cleo", .admin, of: lantern, at: clock.now())
        bo = Self.member("Bo", .agent, of: lantern, at: clock.now())
        eve = Self.member("Eve", .owner, of: .make(at: clock.now()), at: clock.now())
        room = try await GatewayRoom.open(
            GatewayFoundation(dataDirectory: storage.directory.path, eventLoops: MultiThreadedEventLoopGroup.singleton),
            database: storage.database, clock: clock, isFirst: { $0 == lantern }, logger: .silent)
        try await room.takeUp(clock: clock)
        mover = LedgerMover(ledger: room.ledger, database: storage.database, pricing: room.prices, logger: .silent)
        let router = Router(context: RequestScope.self)
        router.addHouseMiddleware()
        GatewayRoutes(gateway: room, clock: clock).add(to: router)
        responder = router.buildResponder()
    }

    private static func member(_ name: String, _ role: Role, of workspace: WorkspaceID, at now: Timestamp) -> MemberPrincipal {
        MemberPrincipal(member: .make(at: now), workspace: workspace, session: .make(at: now), role: role, name: name)
    }

    func get(_ path: String, as member: MemberPrincipal?, accept: String? = nil) async throws -> Answer {
        try await send(.get, path, as: member, accept: accept)
    }

    func post(_ path: String, _ body: String = "", as member: MemberPrincipal?) async throws -> Answer {
        try await send(.post, path, body, as: member)
    }

    func patch(_ path: String, _ body: String, as member: MemberPrincipal?) async throws -> Answer {
        try await send(.patch, path, body, as: member)
    }

    func send(
        _ method: HTTPRequest.Method, _ path: String, _ body: String = "", as member: MemberPrincipal?, accept: String? = nil
    ) async throws -> Answer {
        var headers = HTTPFields()
        if !body.isEmpty {
            headers[.contentType] = "application/json"
            headers[.contentLength] = String(body.utf8.count)
        }
        headers[.accept] = accept
        let head = HTTPRequest(
            method: method, scheme: "https", authority: "lantern.example", path: "/api/gateway/" + path, headerFields: headers)
        var scope = RequestScope(source: RequestSource(logger: .silent, isSecure: true))
        scope.principal = member
        return try await Answer(
            try await responder.respond(to: Request(head: head, body: RequestBody(buffer: ByteBuffer(string: body))), context: scope))
    }

    /// The id of a new node.
    func node(_ name: String = "north", _ more: String = "", as member: MemberPrincipal? = nil) async throws -> String {
        let answer = try await post(
            "nodes", #"{"name":"\#(name)","url":"https://\#(name).example","credential":"sk-\#(name)-secret"\#(more)}"#, as: member ?? ada)
        #expect(answer.status == 201, "\(answer.text)")
        return answer.json["id"].text
    }

    /// Id and text of a new key.
    func key(_ name: String = "Kim's laptop", as member: MemberPrincipal? = nil) async throws -> (id: String, text: String) {
        let answer = try await post("keys", #"{"name":"\#(name)"}"#, as: member ?? ada)
        #expect(answer.status == 201, "\(answer.text)")
        return (answer.json["id"].text, answer.json["key"].text)
    }

    /// A request that `node` answered, in the database.
    @discardableResult
    func served(by node: String, key: String, model: String = "practice-1", failed: [String] = []) async throws -> String {
        let opening = RequestOpening(
            id: .make(at: clock.now()), workspace: ada.workspace, key: KeyID(key), operation: "messages", model: model,
            isStream: true)
        let entry = try room.ledger.openRequest(opening)
        for (index, name) in (failed + [node]).enumerated() {
            let isLast = index == failed.count
            try entry.openAttempt(AttemptOpening(number: index + 1, node: try #require(NodeID(name)), mappedModel: model))
            entry.endAttempt(
                AttemptEnding(
                    number: index + 1, certainty: isLast ? .completed : .rejected, outcome: isLast ? "completed" : "status_529",
                    httpStatus: isLast ? 200 : 529, milliseconds: 100, isNodeFault: !isLast))
        }
        entry.close(
            RequestClosing(
                status: .completed, httpStatus: 200, attempts: failed.count + 1, firstByteMilliseconds: 120, durationMilliseconds: 900,
                usage: PricedTokens(input: 1_000, output: 200), node: NodeID(node)))
        try await mover.move()
        return opening.id.description
    }
}

/// What came back.
struct Answer {
    let status: Int
    let headers: HTTPFields
    let text: String
    let json: JSON

    init(_ response: Response) async throws {
        let collector = Collector()
        try await response.body.write(collector)
        status = response.status.code
        headers = response.headers
        text = String(buffer: collector.bytes.withLock { $0 })
        json = (try? JSONDecoder().decode(JSON.self, from: Data(text.utf8))) ?? .null
    }

    /// The `code` of a problem; "none" when it is no problem.
    var code: String { status < 400 ? "none" : json["code"].text }
    /// The fields that a problem is about.
    var fields: [String] { json["errors"].list.map { $0["field"].text } }
    var items: [JSON] { json["items"].list }
}

private struct Collector: ResponseBodyWriter {
    final class Bytes: Sendable {
        private let buffer = Mutex(ByteBuffer())
        func withLock<Value: Sendable>(_ body: (inout ByteBuffer) -> Value) -> Value { buffer.withLock { body(&$0) } }
    }

    let bytes = Bytes()

    mutating func write(_ buffer: ByteBuffer) async throws {
        bytes.withLock { _ = $0.writeImmutableBuffer(buffer) }
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}

/// Any JSON, for looking into.
enum JSON: Decodable, Equatable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByNilLiteral
{
    case null
    case flag(Bool)
    case number(Double)
    case text(String)
    case list([JSON])
    case object([String: JSON])
    /// There is no such member, which is not null.
    case absent

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let flag = try? container.decode(Bool.self) {
            self = .flag(flag)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let list = try? container.decode([JSON].self) {
            self = .list(list)
        } else {
            self = .object(try container.decode([String: JSON].self))
        }
    }

    init(stringLiteral text: String) { self = .text(text) }
    init(integerLiteral number: Int) { self = .number(Double(number)) }
    init(booleanLiteral flag: Bool) { self = .flag(flag) }
    init(nilLiteral: ()) { self = .null }

    subscript(name: String) -> JSON {
        guard case .object(let members) = self else { return .absent }
        return members[name] ?? .absent
    }

    subscript(index: Int) -> JSON { list.indices.contains(index) ? list[index] : .absent }
    var list: [JSON] { if case .list(let list) = self { list } else { [] } }
    var text: String { if case .text(let text) = self { text } else { "" } }
    var names: Set<String> { if case .object(let members) = self { Set(members.keys) } else { [] } }
}
