import Bus
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import Relay
import Routing
import Storage
import Synchronization
import TestSupport
import Vocabulary

@testable import Gateway

/// Workspace Lantern's gateway on a real database and a real journal; the relay's part is played by `Call`.
final class DispatchWorld {
    static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    let clock: ManualClock
    let storage: TemporaryDatabase
    let room: GatewayRoom
    let ada: MemberPrincipal
    var now = NIODeadline.now()
    private(set) var key: GatewayKey
    private(set) var keyText: String

    var author: Author { .member(ada) }
    var lantern: WorkspaceID { ada.workspace }

    init(_ storage: TemporaryDatabase, _ room: GatewayRoom, clock: ManualClock, ada: MemberPrincipal, key: GatewayKey, keyText: String) {
        (self.storage, self.room, self.clock, self.ada, self.key, self.keyText) = (storage, room, clock, ada, key, keyText)
    }

    /// With a node each of these names, the first one preferred.
    convenience init(
        _ names: [String] = ["north"], key limits: KeyChange = KeyChange(name: "ada's"), environment: [String: String] = [:]
    ) async throws {
        let clock = ManualClock()
        let storage = try await TemporaryDatabase.open(schemas: [.storage, GatewaySchema.schema], clock: clock)
        let ada = MemberPrincipal(
            member: .make(at: clock.now()), workspace: .make(at: clock.now()), session: .make(at: clock.now()), role: .owner, name: "Ada")
        let foundation = GatewayFoundation(dataDirectory: storage.directory.path, environment: environment, eventLoops: Self.group)
        let room = try await GatewayRoom.open(foundation, database: storage.database, clock: clock, isFirst: { _ in true }, logger: .silent)
        try await room.takeUp(clock: clock)
        let made = try await room.keys.create(limits, by: .member(ada))
        self.init(storage, room, clock: clock, ada: ada, key: made.key, keyText: made.text.reveal())
        for (priority, name) in zip(1..., names) { try await add(NodeChange(name: name, priority: priority)) }
    }

    @discardableResult
    func add(_ change: NodeChange) async throws -> Node {
        var change = change
        let name = change.name ?? ""
        change.url = "https://\(name).example"
        change.credential = .set(NodeCredential(Secret("sk-\(name)")))
        return try await room.nodes.create(change, by: author)
    }

    func revoke() async throws {
        _ = try await room.keys.revoke(key.id, by: author)
    }

    /// The health of the same nodes as another process would begin with it.
    func health(_ control: TrafficControl) -> Health {
        Health(
            database: storage.database, clock: clock, nodes: room.nodes, settings: room.settings, prices: room.prices, control: control,
            live: room.live, probe: Probe(client: NodeClient(room.connections)), command: CommandProbe(home: storage.directory.path),
            notices: AsyncStream { $0.finish() }, changes: AsyncStream { $0.finish() }, logger: .silent)
    }

    // MARK: Calls

    /// - Parameter key: nil: the world's own; empty: none.
    func call(
        _ method: HTTPMethod = .POST, _ uri: String = "/v1/messages", headers: [(String, String)] = [], key: String? = nil,
        requestID: String = "req_1"
    ) -> Call {
        var all = HTTPHeaders([("host", "gateway.example"), ("anthropic-version", "2023-06-01"), ("user-agent", "test")])
        for (name, value) in headers { all.replaceOrAdd(name: name, value: value) }
        let key = key ?? keyText
        if !key.isEmpty { all.add(name: "x-api-key", value: key) }
        return Call(HTTPRequestHead(version: .http1_1, method: method, uri: uri, headers: all), requestID: requestID, in: self)
    }

    /// A call by one of OpenAI's clients.
    func openAICall(_ method: HTTPMethod, _ uri: String) -> Call {
        let headers = HTTPHeaders([("host", "gateway.example"), ("authorization", "Bearer \(keyText)"), ("user-agent", "test")])
        return Call(HTTPRequestHead(version: .http1_1, method: method, uri: uri, headers: headers), requestID: "req_1", in: self)
    }

    /// A message that has come as far as its first node, or to where it waits.
    func message(stream: Bool = true, model: String = "claude-sonnet-4-5", headers: [(String, String)] = []) -> Call {
        let call = call(headers: headers)
        call.tell(.opened)
        call.tell(.bodyGathered(ByteBuffer(string: Words.request(model: model, stream: stream))))
        return call
    }

    // MARK: What is left

    var pool: PoolSnapshot? { room.control.snapshot(of: lantern, at: now.moment) }

    func node(_ name: String) -> NodeSnapshot? {
        let id = room.nodes.nodes(of: lantern).first { $0.name == name }?.id
        return pool?.nodes.first { $0.id == id }
    }

    /// Everything that a request takes while it runs, by name; empty when all has been given back.
    var leftovers: [String] {
        var left: [String] = []
        if let count = pool?.attemptsInFlight, count > 0 { left.append("\(count) attempts") }
        if let nodes = pool?.nodes, nodes.contains(where: { $0.inFlight != 0 }) { left.append("places at nodes") }
        if room.live.openRequests > 0 { left.append("live requests") }
        room.control.state.withLock { state in
            if state.keys.values.contains(where: { $0.inFlight > 0 }) { left.append("reservations") }
            if !state.running.isEmpty { left.append("wakers") }
            if state.floors.values.contains(where: { !$0.line.isEmpty }) { left.append("tickets") }
        }
        return left
    }

    /// What the ledger says of a request, once the database has it.
    func booked(_ call: Call) async throws -> RequestDetail {
        try await room.mover.recover()
        return try await room.usage.request(call.id, in: lantern)
    }

    /// How many rows there are of each status and code.
    func rows() async throws -> [String: Int] {
        try await room.mover.recover()
        return try await storage.database.read { connection in
            try connection.rows("SELECT status, COALESCE(code, ''), COUNT(*) FROM gateway_request GROUP BY 1, 2")
                .reduce(into: [:]) {
                    $0["\(try $1.get(0, as: String.self)) \(try $1.get(1, as: String.self))"] = try $1.get(2, as: Int.self)
                }
        }
    }
}

/// The bytes of requests and answers.
enum Words {
    static func request(model: String = "claude-sonnet-4-5", stream: Bool = true) -> String {
        #"{"model":"\#(model)","max_tokens":100,"stream":\#(stream),"messages":[{"role":"user","content":"hi"}]}"#
    }

    static let start = event(
        "message_start", #""message":{"id":"msg_1","model":"claude-sonnet-4-5","usage":{"input_tokens":10,"output_tokens":1}}"#)
    static let content = event("content_block_delta", #""index":0,"delta":{"type":"text_delta","text":"Hello"}"#)
    static let end =
        event("message_delta", #""delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":5}"#) + event("message_stop", #""x":0"#)
    static let stream = start + content + end
    static let json =
        #"{"id":"msg_1","type":"message","model":"claude-sonnet-4-5","content":[{"type":"text","text":"Hello"}],"stop_reason":"end_turn","usage":{"input_tokens":10,"output_tokens":5}}"#

    static func event(_ name: String, _ fields: String) -> String {
        "event: \(name)\ndata: {\"type\":\"\(name)\",\(fields)}\n\n"
    }

    static func failure(_ type: String) -> String { event("error", #""error":{"type":"\#(type)","message":"no"}"#) }

    static func error(_ type: String) -> String { #"{"type":"error","error":{"type":"\#(type)","message":"no"}}"# }
}
