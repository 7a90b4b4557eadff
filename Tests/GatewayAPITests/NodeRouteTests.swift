import HTTPTypes
import NIOCore
import NIOPosix
import Routing
import Storage
import TestSupport
import Testing
import Vocabulary

@testable import Gateway

struct NodeRouteTests {
    @Test("a new node has every field of the contract, and its credential in no answer")
    func create() async throws {
        let door = try await GatewayDoor()
        let made = try await door.post(
            "nodes",
            #"{"name":"north","url":"https://north.example/anthropic","credential":"sk-north-secret","models":[{"match":"claude-*"},{"match":"gpt","to":"gpt-5"}],"maxConcurrency":20,"rateDomain":"org-1","unknown":{"deep":[1]}}"#,
            as: door.cleo)
        #expect(made.status == 201 && made.headers[.cacheControl] == "no-store")
        #expect(
            made.json.names == [
                "id", "name", "url", "family", "provider", "auth", "hasCredential", "needsCredential", "priority", "weight", "enabled",
                "draining",
                "maxConcurrency", "models", "healthMethod", "healthModel", "rateDomain", "cacheDomain", "allowPrivate", "allowLoopback",
                "createdAt", "version", "health", "today", "timeline",
            ])
        #expect(
            made.json["health"].names == [
                "state", "code", "words", "until", "since", "lastSuccessAt", "lastProbeAt", "inFlight", "firstByteMs", "errorShare",
            ])
        #expect(made.json["hasCredential"] == true && made.json["cacheDomain"] == nil && made.json["health"]["state"] == "healthy")
        #expect(made.json["models"].list.map { $0["to"] } == [nil, "gpt-5"] && made.json["timeline"].list.count == 48)
        #expect(made.json["today"]["cost"] == "0" && made.json["today"]["requests"] == 0)
        let listed = try await door.get("nodes", as: door.bo)
        #expect(listed.items == [made.json])
        #expect(try await door.get("nodes/\(made.json["id"].text)", as: door.bo).json == made.json)
        #expect(!made.text.contains("sk-north") && !listed.text.contains("sk-north"))
    }

    @Test("what is absent stays, null takes away, and what can't be null is refused")
    func edits() async throws {
        let door = try await GatewayDoor()
        let id = try await door.node("north", #","maxConcurrency":20,"rateDomain":"org-1""#)
        let renamed = try await door.patch("nodes/\(id)", #"{"name":"south"}"#, as: door.cleo).json
        #expect(renamed["name"] == "south" && renamed["maxConcurrency"] == 20 && renamed["hasCredential"] == true)
        let emptied = try await door.patch("nodes/\(id)", #"{"maxConcurrency":null,"rateDomain":null,"credential":null}"#, as: door.cleo)
            .json
        #expect(emptied["maxConcurrency"] == nil && emptied["rateDomain"] == nil && emptied["hasCredential"] == false)
        let null = try await door.patch("nodes/\(id)", #"{"name":null}"#, as: door.cleo)
        #expect(null.status == 422 && null.fields == ["name"])
        let empty = try await door.patch("nodes/\(id)", #"{"credential":""}"#, as: door.cleo)
        #expect(empty.status == 422 && empty.code == "gateway.invalid" && empty.fields == ["credential"])
    }

    @Test("a credential is bound to its address: another one needs it again, and says so at its field")
    func bond() async throws {
        let door = try await GatewayDoor()
        let id = try await door.node()
        let refused = try await door.patch("nodes/\(id)", #"{"url":"https://evil.example"}"#, as: door.ada)
        #expect(refused.status == 422 && refused.code == "gateway.node_moved" && refused.fields == ["credential"])
        #expect(refused.json["errors"][0]["code"] == "credential_again" && refused.json["detail"].text.contains("https://north.example"))
        #expect(!refused.text.contains("sk-north"))
        let moved = try await door.patch("nodes/\(id)", #"{"url":"https://south.example","credential":"sk-other"}"#, as: door.ada)
        #expect(moved.status == 200 && moved.json["url"] == "https://south.example" && !moved.text.contains("sk-other"))
        let bare = try await door.patch("nodes/\(id)", #"{"url":"https://east.example","credential":null}"#, as: door.ada)
        #expect(bare.status == 200 && bare.json["hasCredential"] == false)
    }

    @Test("a node whose credential can't be opened says so, is asked for nothing, and takes a new one")
    func sealed() async throws {
        let door = try await GatewayDoor()
        let id = try await door.node()
        let zeros = String(repeating: "00", count: 60)
        try await door.storage.database.write { _ = try $0.execute("UPDATE node SET credential = x'\(zeros)'") }
        // Any change makes memory what the database is.
        let node = try await door.patch("nodes/\(id)", #"{"weight":7}"#, as: door.ada).json
        #expect(node["needsCredential"] == true && node["hasCredential"] == false)
        #expect(node["health"]["state"] == "dead" && node["health"]["code"] == "credential_needed")
        for verb in [("POST", "test"), ("GET", "models")] {
            let answer = try await door.send(verb.0 == "GET" ? .get : .post, "nodes/\(id)/\(verb.1)", as: door.ada)
            #expect(answer.status == 409 && answer.code == "gateway.unsealable")
        }
        let mended = try await door.patch("nodes/\(id)", #"{"credential":"sk-new"}"#, as: door.ada).json
        #expect(mended["needsCredential"] == false && mended["hasCredential"] == true && mended["health"]["state"] == "healthy")
    }

    @Test("all that is wrong is told at once, with its place")
    func faults() async throws {
        let door = try await GatewayDoor()
        _ = try await door.node()
        let wrong = try await door.post(
            "nodes", #"{"name":"","url":"https://x.example","weight":0,"models":[{"match":"a"},{"match":""}]}"#, as: door.ada)
        #expect(wrong.status == 422 && wrong.code == "gateway.invalid")
        #expect(Set(wrong.fields) == ["name", "weight", "models[1].match"])
        let taken = try await door.post("nodes", #"{"name":"north","url":"https://x.example"}"#, as: door.ada)
        #expect(taken.status == 409 && taken.code == "gateway.node_name_taken")
        for (url, code) in [("http://north.example", "plain"), ("https://127.0.0.1", "forbidden_address"), ("ftp://x", "scheme")] {
            let answer = try await door.post("nodes", #"{"name":"x","url":"\#(url)"}"#, as: door.ada)
            #expect(answer.status == 422 && answer.code == "gateway.node_url" && answer.fields == ["url"])
            #expect(answer.json["errors"][0]["code"] == .text(code), "\(url)")
        }
        #expect(try await door.post("nodes", "{", as: door.ada).status == 400)
        #expect(try await door.post("nodes", #"{"name":7}"#, as: door.ada).fields == ["name"])
    }

    @Test("a deleted node is gone")
    func delete() async throws {
        let door = try await GatewayDoor()
        let id = try await door.node()
        #expect(try await door.send(.delete, "nodes/\(id)", as: door.cleo).status == 204)
        #expect(try await door.get("nodes/\(id)", as: door.ada).code == "gateway.node_not_found")
        #expect(try await door.send(.delete, "nodes/\(id)", as: door.cleo).status == 404)
    }

    @Test("the order names every node once")
    func order() async throws {
        let door = try await GatewayDoor()
        let (north, south) = (try await door.node("north"), try await door.node("south"))
        let answer = try await door.send(.put, "nodes/order", #"{"groups":[["\#(south)"],["\#(north)"]]}"#, as: door.cleo)
        #expect(answer.items.map { $0["name"] } == ["south", "north"] && answer.items.map { $0["priority"] } == [1, 2])
        let foreign = try await door.node("east", as: door.eve)
        for groups in [
            #"[["\#(south)"]]"#, #"[["\#(south)","\#(south)"]]"#, #"[["\#(south)","x"]]"#, #"[["\#(south)","\#(north)","\#(foreign)"]]"#,
        ] {
            let refused = try await door.send(.put, "nodes/order", #"{"groups":\#(groups)}"#, as: door.cleo)
            #expect(refused.status == 422 && refused.fields == ["groups"], "\(groups)")
        }
    }

    @Test("switches are told as states, and enabling revives what was dead")
    func steps() async throws {
        let door = try await GatewayDoor()
        let id = try await door.node()
        // The last usable node is never taken out.
        _ = try await door.node("south")
        func step(_ name: String) async throws -> JSON { try await door.post("nodes/\(id)/\(name)", as: door.cleo).json }
        #expect(try await step("disable")["health"]["state"] == "disabled")
        #expect(try await step("enable")["health"]["state"] == "healthy")
        #expect(try await step("drain")["health"]["state"] == "draining")
        #expect(try await step("undrain")["draining"] == false)
        let node = try #require(NodeID(id))
        door.room.control.probed(
            node, .status(401, errorType: nil, errorCode: nil, retryAfterSeconds: nil), evidence: .served, of: door.ada.workspace,
            at: door.reading)
        let dead = try await door.get("nodes/\(id)", as: door.bo).json["health"]
        #expect(dead["state"] == "dead" && dead["code"] == "credential_refused" && dead["words"] == "its credential was refused (401)")
        #expect(try await step("enable")["health"]["state"] == "healthy")
        let audit = try await door.get("audit", as: door.ada).items
        #expect(audit.first?["action"] == "node.revived" && audit.first?["changes"][0]["from"] == "dead")
    }

    @Test("a request that a node completed counts as its last success, without any check")
    func lastSuccess() async throws {
        let door = try await GatewayDoor()
        let id = try await door.node()
        #expect(try await door.get("nodes/\(id)", as: door.bo).json["health"]["lastSuccessAt"] == nil)
        var request = LiveRequest(
            id: .make(at: door.clock.now()), at: door.clock.now(), workspace: door.ada.workspace, key: .make(at: door.clock.now()),
            keyName: "Kim", operation: "messages")
        (request.node, request.status, request.firstByteMilliseconds) = (NodeID(id), .completed, 12)
        door.room.live.closed(request)
        let health = try await door.get("nodes/\(id)", as: door.bo).json["health"]
        #expect(health["lastSuccessAt"] == .number(Double(door.clock.now().milliseconds)) && health["lastProbeAt"] == nil)
    }

    @Test("a rate limit is told as cooling, with its end")
    func rateLimited() async throws {
        let door = try await GatewayDoor()
        let id = try await door.node()
        let limitedAt = ContinuousClock.now
        door.room.control.probed(
            try #require(NodeID(id)), .status(429, errorType: "rate_limit_error", errorCode: nil, retryAfterSeconds: 40), evidence: .served,
            of: door.ada.workspace, at: door.reading)
        let health = try await door.get("nodes/\(id)", as: door.bo).json["health"]
        #expect(health["state"] == "cooling" && health["code"] == "rate_limited")
        guard case .number(let until) = health["until"] else { return #expect(Bool(false), "no end") }
        let wait = until - Double(door.clock.now().milliseconds)
        // The room's time goes on while a busy machine lets this test wait.
        let passed = (ContinuousClock.now - limitedAt) / .milliseconds(1)
        #expect((39_900 - passed...40_000).contains(wait), "\(wait) after \(passed)")
    }

    @Test("a probe tells what it found; a second one at the same time is refused")
    func probe() async throws {
        let door = try await GatewayDoor()
        let silence = try await Silence()
        let id = try await door.loopbackNode(port: silence.port)
        async let first = door.post("nodes/\(id)/test", as: door.cleo)
        await silence.accepted.wait()
        let second = try await door.post("nodes/\(id)/test", as: door.cleo)
        #expect(second.status == 409 && second.code == "gateway.probe_running")
        try await silence.close()
        let found = try await first
        #expect(found.status == 200 && found.json.names == ["ok", "ms", "method", "status", "code", "detail"])
        #expect(found.json["ok"] == false && found.json["method"] == "head" && found.json["status"] == nil && found.json["code"] != nil)
        #expect(try await door.get("nodes/\(id)", as: door.bo).json["health"]["lastProbeAt"] != nil)
        let history = try await door.get("nodes/\(id)/history", as: door.bo).items
        #expect(history.first?["source"] == "person" && history.first?["code"] == "check_failed")
        #expect(history.first?.names == ["at", "from", "to", "code", "words", "source", "ms"])
    }

    @Test("history has pages and a period")
    func history() async throws {
        let door = try await GatewayDoor()
        let id = try await door.loopbackNode(port: 1)
        for _ in 0..<3 {
            _ = try await door.post("nodes/\(id)/test", as: door.ada)
            door.clock.advance(by: .seconds(60))
        }
        let first = try await door.get("nodes/\(id)/history?limit=2", as: door.bo).json
        let second = try await door.get("nodes/\(id)/history?limit=2&cursor=\(first["next"].text)", as: door.bo).json
        #expect(first["items"].list.count == 2 && second["items"].list.count == 1 && second["next"] == nil)
        let now = door.clock.now().milliseconds
        #expect(try await door.get("nodes/\(id)/history?from=\(now - 60_000)&to=\(now)", as: door.bo).items.count == 1)
        #expect(try await door.get("nodes/\(id)/history?from=soon", as: door.bo).code == "web.bad_query")
        #expect(try await door.get("nodes/\(id)/history?cursor=YQ", as: door.bo).status == 400)
    }

    @Test("a node that gives no list has none")
    func models() async throws {
        let door = try await GatewayDoor()
        let id = try await door.loopbackNode(port: 1)
        let answer = try await door.get("nodes/\(id)/models", as: door.bo)
        #expect(answer.status == 200 && answer.items.isEmpty && answer.json["at"] != .absent)
    }
}

extension GatewayDoor {
    var reading: ClockReading { ClockReading(moment: room.health.moment, wall: clock.now()) }

    func loopbackNode(port: Int) async throws -> String {
        let made = try await post(
            "nodes", #"{"name":"near","url":"http://127.0.0.1:\#(port)","allowLoopback":true,"healthMethod":"head"}"#, as: ada)
        #expect(made.status == 201, "\(made.text)")
        return made.json["id"].text
    }
}

/// A port that accepts and says nothing.
private struct Silence {
    let accepted = Signal()
    let port: Int
    private let server: any Channel
    private let clients: AsyncStream<any Channel>

    init() async throws {
        let (clients, tell) = AsyncStream.makeStream(of: (any Channel).self)
        let accepted = accepted
        server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton).childChannelInitializer { channel in
            tell.yield(channel)
            accepted.give()
            return channel.eventLoop.makeSucceededVoidFuture()
        }.bind(host: "127.0.0.1", port: 0).get()
        self.clients = clients
        port = server.localAddress?.port ?? 0
    }

    /// Hangs up on everybody.
    func close() async throws {
        try await server.close()
        for await client in clients {
            try await client.close()
            return
        }
    }
}
