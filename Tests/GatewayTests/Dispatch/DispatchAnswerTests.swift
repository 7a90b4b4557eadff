import Foundation
import NIOCore
import NIOHTTP1
import Relay
import Routing
import Storage
import TestSupport
import Testing
import Vocabulary

@testable import Gateway

@Suite("A start that is held back", .timeLimit(.minutes(4)))
struct HeldStartTests {
    @Test("goes out with the first content, byte for byte, however it was cut")
    func byContent() async throws {
        let world = try await DispatchWorld()
        let call = world.message()
        call.beginStream()
        for byte in Words.stream.utf8 { call.tell(.attempt(.body(ByteBuffer(bytes: [byte])))) }
        call.end()
        #expect(call.sent == Words.stream && call.faults.isEmpty && call.isFinished)
        #expect(call.head?.headers.first(name: "request-id") == "req_node" && call.head?.headers.contains(name: "set-cookie") == false)
        let held = world.message()
        held.beginStream()
        held.body(Words.start)
        #expect(held.head == nil)
        held.body(Words.content)
        #expect(held.sent == Words.start + Words.content && held.timers[.hold] == nil)
        held.tell(.clientLeft)
    }

    @Test("goes out when it is longer than what is kept, and when its time is over")
    func byBytesAndTime() async throws {
        let world = try await DispatchWorld(environment: ["GATEWAY_HOLD_BYTES": "1024", "GATEWAY_HOLD_TIME": "3"])
        let long = world.message()
        long.beginStream()
        long.body(Words.start + String(repeating: ": ping\n\n", count: 200))
        #expect(long.head != nil)
        let slow = world.message()
        slow.beginStream()
        slow.body(Words.start)
        slow.pass(.hold)
        #expect(slow.sent == Words.start)
        slow.body(Words.failure("overloaded_error"))
        slow.end()
        #expect(slow.sent == Words.start + Words.failure("overloaded_error") && slow.requests.count == 1)
        let json = world.message(stream: false)
        json.answer(200)
        json.body("{")
        json.pass(.hold)
        #expect(json.head == nil)
        for call in [long, json] { call.tell(.clientLeft) }
        #expect(world.leftovers.isEmpty)
    }

    @Test("gets signs of life of ours after five seconds, and may still go on to another node")
    func pings() async throws {
        let world = try await DispatchWorld(["north", "south"])
        let call = world.message()
        call.beginStream()
        call.body(Words.start)
        call.pass(.ping)
        #expect(call.status == 200 && call.sent == ": ping\n\n")
        call.fail(.reset, wasSent: true)
        #expect(call.node == "south")
        call.pass(.ping)
        call.complete(stream: true)
        #expect(call.sent == ": ping\n\n: ping\n\n" + Words.stream && call.faults.isEmpty && call.isFinished)
        let booked = try await world.booked(call)
        #expect(booked.flags.contains(.pinged) && booked.summary.status == .completed && world.leftovers.isEmpty)
    }

    @Test("ends with an error as an event when nothing is left after our signs of life")
    func pingsThenNothing() async throws {
        for failure in [503, 0] {
            let world = try await DispatchWorld(["north", "south"])
            let call = world.message()
            call.beginStream()
            call.pass(.ping)
            call.fail(.reset, wasSent: true)
            if failure == 0 { call.fail(.refused, wasSent: false) } else { call.answer(503, Words.error("api_error")) }
            #expect(call.faults.isEmpty && call.isFinished && call.status == 200)
            #expect(call.sent.hasPrefix(": ping\n\nevent: error\ndata: {\"type\":\"error\"") && call.sent.hasSuffix("\n\n"))
            #expect(world.leftovers.isEmpty)
        }
    }

    @Test("is followed by signs of life only where the node is quiet, and only between events")
    func quiet() async throws {
        let world = try await DispatchWorld()
        let call = world.message()
        call.beginStream()
        call.body(Words.start + Words.content)
        world.now = world.now + .seconds(20)
        call.body(Words.content)
        call.pass(.ping)
        #expect(!call.sent.contains(": ping"))
        call.pass(.ping)
        #expect(call.sent.hasSuffix(": ping\n\n"))
        call.body("event: content")
        let before = call.sent
        call.pass(.ping)
        call.pass(.ping)
        #expect(call.sent == before)
        call.tell(.clientLeft)
    }
}

@Suite("What passes between client and node", .timeLimit(.minutes(4)))
struct PassingTests {
    @Test("is the client's own body, also at the second node; where a node has another name for the model only that changes")
    func splice() async throws {
        let world = try await DispatchWorld(["north"])
        try await world.add(NodeChange(name: "south", priority: 2, models: [.init(match: "claude-*", to: "eu.claude")]))
        let text = #"{ "messages" : [{"role":"user","content":"{\"model\":\"x\"}"}], "model":"claude-sonnet-4-5" ,"max_tokens":1}"#
        let call = world.call()
        call.tell(.opened)
        call.tell(.bodyGathered(ByteBuffer(string: text)))
        call.fail(.refused, wasSent: false)
        #expect(call.requests.map(\.text) == [text, text.replacingOccurrences(of: "claude-sonnet-4-5", with: "eu.claude")])
        call.answer(200, Words.json)
        #expect(try await world.booked(call).tries.map(\.mappedModel) == ["claude-sonnet-4-5", "eu.claude"])
    }

    @Test("are headers without the client's key and ours, with the node's credential")
    func headers() async throws {
        let world = try await DispatchWorld()
        let call = world.message(headers: [
            ("authorization", "Bearer x"), ("cookie", "a"), ("x-forwarded-for", "1.2.3.4"), ("anthropic-beta", "a,b"),
            ("accept-encoding", "gzip"),
        ])
        let headers = try #require(call.requests.first?.head.headers)
        #expect(headers["x-api-key"] == ["sk-north"] && headers["accept-encoding"] == ["identity"] && headers["anthropic-beta"] == ["a,b"])
        #expect(["authorization", "cookie", "x-forwarded-for", "host"].allSatisfy { !headers.contains(name: $0) })
        call.tell(.clientLeft)
    }

    @Test("keeps a session at its node")
    func sticky() async throws {
        let world = try await DispatchWorld([])
        for name in ["north", "south"] { try await world.add(NodeChange(name: name)) }
        var nodes: Set<String> = []
        for _ in 0..<20 {
            let call = world.message(headers: [("x-claude-code-session-id", "s1")])
            nodes.insert(call.node ?? "none")
            call.complete(stream: true)
        }
        #expect(nodes.count == 1 && !nodes.contains("none"))
    }

    @Test("is a stream of an unknown path as it comes, to its own end, and never twice")
    func unknown() async throws {
        let world = try await DispatchWorld(["north", "south"])
        let call = world.call(.POST, "/v1/complete?beta=true")
        call.tell(.opened)
        call.tell(.bodyGathered(ByteBuffer(string: "no json")))
        #expect(call.requests.first?.head.uri == "/v1/complete?beta=true" && call.requests.first?.text == "no json")
        call.beginStream()
        #expect(call.head != nil)
        call.body("data: x\n\n")
        call.end()
        #expect(call.sent == "data: x\n\n" && call.isFinished && call.faults.isEmpty)
        let failing = world.call(.POST, "/v1/complete")
        failing.tell(.opened)
        failing.tell(.bodyGathered(ByteBuffer(string: "{}")))
        failing.fail(.reset, wasSent: true)
        #expect(failing.status == 502 && failing.requests.count == 1 && world.leftovers.isEmpty)
        #expect(try await world.booked(call).summary.status == .completed)
    }
}

extension NodeRequest {
    var text: String {
        guard case .bytes(let pieces) = body else { return "" }
        return pieces.map { String(buffer: $0) }.joined()
    }
}

@Suite("Batches and files", .timeLimit(.minutes(4)))
struct ObjectDispatchTests {
    private static let batch =
        #"{"id":"msgbatch_1","type":"message_batch","results_url":"https://south.example/v1/messages/batches/msgbatch_1/results"}"#

    private func create(in world: DispatchWorld) async -> Call {
        let call = world.call(.POST, "/v1/messages/batches", headers: [("content-length", "9")])
        call.tell(.opened)
        call.fail(.refused, wasSent: false)
        guard case .inspectedStream = call.requests.last?.body else { return call }
        call.tell(.bodyPart(ByteBuffer(string: #"{"requests":[]}"#)))
        call.tell(.bodyRead)
        guard call.isRestSent else { return call }
        call.answer(200, Self.batch, [("content-type", "application/json"), ("content-length", "\(Self.batch.utf8.count)")])
        await call.wake()
        return call
    }

    @Test("belong to the node that made them and to who asked for them, and point at the gateway")
    func owner() async throws {
        let world = try await DispatchWorld(["north", "south"])
        let made = await create(in: world)
        #expect(made.status == 200 && made.sent.contains("https://gateway.example/v1/messages/batches/msgbatch_1/results"))
        #expect(made.head?.headers.first(name: "content-length") == "\(made.sent.utf8.count)")
        let got = world.call(.GET, "/v1/messages/batches/msgbatch_1")
        got.tell(.opened)
        await got.wake()
        #expect(got.node == "south")
        got.answer(200, Self.batch)
        #expect(got.status == 200 && got.sent == made.sent)
        let foreign = world.call(.GET, "/v1/messages/batches/msgbatch_2")
        foreign.tell(.opened)
        await foreign.wake()
        #expect(foreign.status == 404 && foreign.code == "gateway.owner_unknown" && foreign.requests.isEmpty)
        let deleted = world.call(.DELETE, "/v1/messages/batches/msgbatch_1")
        deleted.tell(.opened)
        await deleted.wake()
        deleted.answer(200, #"{"id":"msgbatch_1","type":"message_batch_deleted"}"#)
        await deleted.wake()
        #expect(deleted.status == 200)
        let gone = world.call(.GET, "/v1/messages/batches/msgbatch_1")
        gone.tell(.opened)
        await gone.wake()
        #expect(gone.status == 404 && world.leftovers.isEmpty)
        for call in [made, got, foreign, deleted, gone] { #expect(call.faults.isEmpty && call.isFinished) }
    }

    @Test("are only listed to whom they belong; a list that can't be read is not shown at all")
    func lists() async throws {
        let world = try await DispatchWorld(["north", "south"])
        _ = await create(in: world)
        let foreign = (0..<2_500).map { #"{"id":"other_\#($0)"}"# }
        let cases: [(String, String?)] = [
            (#"{"data":[{"id":"other"},{"id":"msgbatch_1"}]}"#, #"{"data":[{"id":"msgbatch_1"}]}"#),
            (#"{"data":[{"id":"msgbatch_1"},"# + foreign.joined(separator: ",") + "]}", #"{"data":[{"id":"msgbatch_1"}]}"#),
            ("\u{1F}packed", nil), (#"{"data":[{"id":""# + String(repeating: "x", count: 1_100_000) + #""}]}"#, nil),
        ]
        for (answer, shown) in cases {
            let call = world.call(.GET, "/v1/messages/batches")
            call.tell(.opened)
            await call.wake()
            #expect(call.node == "south")
            call.answer(200)
            call.body(answer)
            if call.isTrying { call.end() }
            if !call.isOver { await call.wake() }
            #expect(call.status == (shown == nil ? 502 : 200) && call.faults.isEmpty && call.isFinished)
            if let shown { #expect(call.sent == shown) } else { #expect(!call.sent.contains("other") && !call.sent.contains("packed")) }
        }
        #expect(world.leftovers.isEmpty)
    }

    @Test("are refused when their client says at once that they are too large; and a node that was asked is not followed by another")
    func bounds() async throws {
        let world = try await DispatchWorld(["north", "south"])
        let large = world.call(.POST, "/v1/files", headers: [("content-length", "999999999999")])
        large.tell(.opened)
        #expect(large.status == 413 && large.code == "gateway.body_too_large")
        let call = world.call(.POST, "/v1/files", headers: [("content-length", "9")])
        call.tell(.opened)
        call.fail(.reset, wasSent: true)
        #expect(call.status == 502 && call.requests.count == 1 && world.leftovers.isEmpty)
    }

    @Test("give everything back when the database fails them after the node has answered")
    func brokenDatabase() async throws {
        let world = try await DispatchWorld()
        let call = world.call(.POST, "/v1/files", headers: [("content-length", "9")])
        call.tell(.opened)
        try await world.storage.alter("DROP TABLE owned_object")
        call.answer(200, #"{"id":"file_1"}"#)
        await call.wake()
        #expect(call.status == 529 && call.faults.isEmpty && world.leftovers.isEmpty)
    }
}

@Suite("What the gateway says itself", .timeLimit(.minutes(4)))
struct OwnAnswerTests {
    @Test("is an error in the family of who asks, with our request's id, booked once")
    func errors() async throws {
        let world = try await DispatchWorld(key: KeyChange(name: "ada's", models: ["claude-*"]))
        let cases: [(String, String?, String, Int, String)] = [
            ("/v1/messages", "", "", 401, "key_missing"), ("/v1/messages", "sb-wrong", "", 401, "key_unknown"),
            ("/v1/messages", nil, "{", 400, "body_malformed"), ("/v1/messages", nil, Words.request(model: "gpt"), 403, "model_forbidden"),
            ("/v1/chat/completions", "", "", 401, "key_missing"),
            ("/v1/chat/completions", nil, Words.request(), 400, "family_unserved"),
        ]
        for (path, key, body, status, code) in cases {
            let call = world.call(.POST, path, key: key)
            call.tell(.opened)
            if call.isGathering { call.tell(.bodyGathered(ByteBuffer(string: body))) }
            #expect(call.status == status && call.code == "gateway.\(code)" && call.isFinished && call.faults.isEmpty)
            #expect(call.head?.headers["request-id"] == ["req_1"] && call.head?.headers["content-length"] == ["\(call.sent.utf8.count)"])
            let json = try #require(try JSONSerialization.jsonObject(with: Data(call.sent.utf8)) as? [String: Any])
            if path == "/v1/messages" {
                #expect(json["type"] as? String == "error" && json["request_id"] as? String == "req_1")
            } else {
                #expect((json["error"] as? [String: Any])?["code"] as? String == "gateway.\(code)")
            }
        }
        #expect(world.leftovers.isEmpty)
        let rows = try await world.rows()
        #expect(rows.values.reduce(0, +) == cases.count && rows["refused gateway.key_missing"] == 2)
    }

    @Test("is a refusal by each limit of a key, with the time to wait")
    func limits() async throws {
        let world = try await DispatchWorld(key: KeyChange(name: "k", requestsPerMinute: .set(2), concurrency: .set(1)))
        let first = world.message()
        let second = world.message()
        #expect(second.status == 429 && second.code == "gateway.concurrency" && second.head?.headers.first(name: "retry-after") == "1")
        first.complete(stream: true)
        world.message().complete(stream: true)
        let third = world.message()
        #expect(third.code == "gateway.requests_per_minute" && third.head?.headers.contains(name: "retry-after") == true)
        let poor = try await DispatchWorld(key: KeyChange(name: "k", budgetDay: .set(1)))
        let refused = poor.message()
        #expect(refused.status == 402 && refused.code == "gateway.budget_day" && refused.sent.contains("billing_error"))
        #expect(world.leftovers.isEmpty && poor.leftovers.isEmpty)
        let absurd = poor.call()
        absurd.tell(.opened)
        absurd.tell(.bodyGathered(ByteBuffer(string: #"{"model":"claude-sonnet-4-5","max_tokens":9223372036854775807,"messages":[]}"#)))
        #expect(absurd.status == 402)
    }

    @Test("is a list of the models that the nodes' maps name, also when a node is down; a node that is not asked for is not asked")
    func models() async throws {
        let world = try await DispatchWorld([])
        try await world.add(NodeChange(name: "north", models: [.init(match: "b"), .init(match: "a", to: "x")]))
        let list = world.call(.GET, "/v1/models")
        list.tell(.opened)
        await list.wake()
        #expect(list.status == 200 && list.sent.contains(#""first_id":"a","last_id":"b""#) && list.requests.isEmpty)
        let one = world.call(.GET, "/v1/models/a")
        one.tell(.opened)
        await one.wake()
        #expect(one.status == 200 && one.sent.hasPrefix(#"{"type":"model","id":"a""#))
        let none = world.call(.GET, "/v1/models/c")
        none.tell(.opened)
        await none.wake()
        #expect(none.status == 404 && none.code == "gateway.model_unknown" && world.leftovers.isEmpty)
    }

    @Test("is an answer to those who only ask whether somebody is there")
    func hello() async throws {
        let world = try await DispatchWorld()
        let head = world.call(.HEAD, "/", key: "")
        head.tell(.opened)
        #expect(head.status == 200 && head.sent.isEmpty)
        let hello = world.call(.GET, "/api/hello", key: "")
        hello.tell(.opened)
        #expect(hello.status == 200 && hello.sent == #"{"hello":"switchboard"}"#)
    }
}
