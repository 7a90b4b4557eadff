import Foundation
import HTTPTypes
import Routing
import Synchronization
import TestSupport
import Testing
import Vocabulary
import WebServer

@testable import Gateway
@testable import GatewayAPI

struct LiveFeedTests {
    private func request(_ door: GatewayDoor, of member: MemberPrincipal? = nil) -> LiveRequest {
        var request = LiveRequest(
            id: .make(at: door.clock.now()), at: door.clock.now(), workspace: (member ?? door.ada).workspace,
            key: .make(at: door.clock.now()), keyName: "Kim", operation: "messages")
        request.model = "practice-1"
        return request
    }

    private func feed(_ door: GatewayDoor, _ current: @escaping @Sendable (SessionID) async throws -> MemberPrincipal?) -> LiveFeed {
        LiveFeed(gateway: door.room, clock: door.clock, viewer: door.bo, current: current, interval: .milliseconds(5))
    }

    @Test("it greets with nodes, running requests and 60 seconds, then tells what happens in this workspace")
    func tells() async throws {
        let door = try await GatewayDoor()
        let id = try await door.node()
        let before = request(door)
        door.room.live.opened(before)
        let outlet = Frames()
        let task = Task { await feed(door) { _ in door.bo }.run(on: outlet) }
        let hello = await outlet.next()
        #expect(hello["t"] == "hello" && hello["nodes"].list.map { $0["name"] } == ["north"] && hello["rates"].list.isEmpty)
        #expect(hello["since"] == hello["now"], "nothing is known of the time before it began")
        #expect(hello["nodes"][0]["today"] == .absent && hello["nodes"][0]["timeline"] == .absent)
        #expect(hello["open"].list.map { $0["id"].text } == [before.id.description])
        door.room.live.opened(request(door, of: door.eve))
        var chosen = before
        (chosen.nodeName, chosen.attempts, chosen.node) = ("north", 1, .make(at: door.clock.now()))
        door.room.live.changed(chosen)
        let changed = await outlet.next()
        #expect(changed["t"] == "changed" && changed["request"]["node"]["name"] == "north" && changed["request"]["status"] == "open")
        var ended = before
        (ended.status, ended.usage, ended.cost) = (.completed, PricedTokens(input: 5, output: 7), 9)
        door.room.live.closed(ended)
        let closed = await outlet.next()
        #expect(closed["t"] == "closed" && closed["request"]["status"] == "completed" && closed["request"]["cost"] == "9")
        door.clock.advance(by: .seconds(1))
        door.room.live.tick()
        let second = await outlet.next()
        #expect(second["t"] == "second" && second["requests"] == 1 && second["outputTokens"] == 7 && second["open"] == 0)
        #expect(
            second.names == [
                "t", "at", "requests", "failures", "inputTokens", "outputTokens", "open", "firstByteP50", "firstByteP95",
            ])
        _ = try await door.patch("nodes/\(id)", #"{"weight":7}"#, as: door.ada)
        let node = await outlet.next()
        #expect(node["t"] == "node" && node["node"]["weight"] == 7 && node["node"]["today"] == .absent)
        _ = try await door.send(.delete, "nodes/\(id)", as: door.ada)
        #expect(await outlet.next()["t"] == "gone")
        task.cancel()
        await task.value
    }

    @Test("it ends with 4401 when the session ends, and nobody is told any more")
    func sessionEnds() async throws {
        let door = try await GatewayDoor()
        let session = Mutex<MemberPrincipal?>(door.bo)
        let outlet = Frames()
        let task = Task { await feed(door) { _ in session.withLock { $0 } }.run(on: outlet) }
        _ = await outlet.next()
        session.withLock { $0 = nil }
        await task.value
        #expect(outlet.closing == 4_401)
    }

    @Test("what can't be looked up has not ended")
    func trouble() async throws {
        struct Trouble: Error {}
        let door = try await GatewayDoor()
        let tries = Mutex(0)
        let outlet = Frames()
        let tried = Signal()
        let task = Task {
            await feed(door) { _ in
                if tries.withLock({
                    $0 += 1; return $0
                }) == 3 {
                    tried.give()
                }
                throw Trouble()
            }.run(on: outlet)
        }
        await tried.wait()
        #expect(outlet.closing == nil)
        task.cancel()
        await task.value
        #expect(outlet.closing == nil)
    }

    @Test("who stands still is greeted anew, and holds nobody up meanwhile")
    func slow() async throws {
        let door = try await GatewayDoor()
        let outlet = Frames(isStuck: true)
        var slow = feed(door) { _ in door.bo }
        slow.patience = .zero
        let task = Task { [slow] in await slow.run(on: outlet) }
        #expect(await outlet.next()["t"] == "hello")
        for _ in 0..<2_000 { door.room.live.opened(request(door)) }
        outlet.release()
        #expect(await outlet.next()["t"] == "hello")
        task.cancel()
        outlet.release()
        await task.value
    }

    @Test("only the console's own page with its cookie gets in")
    func admission() async throws {
        let door = try await GatewayDoor()
        let admission = LiveAdmission(
            principal: { $0.headers[.cookie] == "switchboard=bo" ? door.bo : nil }, current: { _ in door.bo })
        let route = LiveSocket(gateway: door.room, clock: door.clock, admission: admission, logger: .silent).route
        #expect(route.matches("/api/gateway/live") && !route.matches("/api/gateway/live/x"))
        func answer(_ origin: String?, _ cookie: String?) async -> String {
            var headers = HTTPFields()
            headers[.cookie] = cookie
            let request = SocketRequest(path: "/api/gateway/live", headers: headers, origin: origin, host: "lantern.example")
            return switch await route.decide(request) {
            case .accept: "in"
            case .refuse(let problem): problem.code
            }
        }
        #expect(await answer("http://lantern.example", "switchboard=bo") == "in")
        #expect(await answer("http://lantern.example", nil) == "people.signed_out")
        #expect(await answer("https://evil.example", "switchboard=bo") == "web.cross_origin")
        #expect(await answer(nil, "switchboard=bo") == "web.cross_origin")
    }
}

/// What a reader got.
private final class Frames: LiveOutlet {
    private let stream: AsyncStream<JSON>
    private let tell: AsyncStream<JSON>.Continuation
    private let code = Mutex<UInt16?>(nil)
    private let gate: AsyncStream<Void>
    private let open: AsyncStream<Void>.Continuation
    private let isStuck: Bool

    init(isStuck: Bool = false) {
        (stream, tell) = AsyncStream.makeStream(of: JSON.self)
        (gate, open) = AsyncStream.makeStream(of: Void.self)
        self.isStuck = isStuck
    }

    var closing: UInt16? { code.withLock { $0 } }

    func next() async -> JSON {
        for await frame in stream { return frame }
        return .absent
    }

    /// Lets the one that waits pass.
    func release() { open.yield() }

    func send(_ frame: [UInt8]) async {
        tell.yield((try? JSONDecoder().decode(JSON.self, from: Data(frame))) ?? .absent)
        guard isStuck else { return }
        for await _ in gate { return }
    }

    func close(code: UInt16, reason: String) {
        self.code.withLock { $0 = code }
    }
}
