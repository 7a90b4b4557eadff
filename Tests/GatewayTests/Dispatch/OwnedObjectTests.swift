import NIOCore
import NIOHTTP1
import Relay
import Routing
import Storage
import TestSupport
import Testing
import Vocabulary

@testable import Gateway

@Suite("What a provider keeps", .timeLimit(.minutes(4)))
struct OwnedObjectTests {
    private static let body = #"{"model":"gpt-4.1","input":"hi"}"#
    private static let answer = #"{"id":"resp_123456","status":"completed","model":"gpt-4.1","usage":{"input_tokens":3,"output_tokens":2}}"#

    private func world() async throws -> DispatchWorld {
        let world = try await DispatchWorld([])
        for (priority, name) in zip(1..., ["north", "south"]) {
            try await world.add(NodeChange(name: name, family: "openai", priority: priority))
        }
        return world
    }

    /// As far as its node, or its refusal.
    private func begin(_ call: Call, _ body: String?) async -> Call {
        call.tell(.opened)
        if call.isGathering { call.tell(.bodyGathered(ByteBuffer(string: body ?? ""))) }
        if !call.isTrying, !call.isOver { await call.wake() }
        return call
    }

    private func openAI(_ world: DispatchWorld, _ method: HTTPMethod, _ path: String, _ body: String? = nil) async -> Call {
        await begin(world.openAICall(method, path), body)
    }

    @Test("is reached by who made it, at the node that made it, and paid for once")
    func responses() async throws {
        let world = try await world()
        let made = await openAI(world, .POST, "/v1/responses", Self.body)
        made.fail(.refused, wasSent: false)
        #expect(made.node == "south")
        made.answer(200, Self.answer)
        #expect(made.status == 200)
        for (method, path) in [
            (HTTPMethod.GET, "/v1/responses/resp_123456"), (.GET, "/v1/responses/resp_123456/input_items"),
            (.POST, "/v1/responses/resp_123456/cancel"), (.DELETE, "/v1/responses/resp_123456"),
        ] {
            let call = await openAI(world, method, path)
            #expect(call.node == "south", "\(path)")
            call.answer(200, Self.answer)
            if !call.isOver { await call.wake() }
            #expect(call.status == 200 && call.sent == Self.answer && call.faults.isEmpty)
            #expect(try await world.booked(call).summary.usage == nil, "it was paid for when it was made")
        }
        let gone = await openAI(world, .GET, "/v1/responses/resp_123456")
        #expect(gone.status == 404 && gone.code == "gateway.owner_unknown")
        #expect(try await world.booked(made).summary.usage?.output == 2 && world.leftovers.isEmpty)
    }

    @Test(
        "is nobody's when it was not made here: refused in the words of who asks, and no node hears of it",
        arguments: [
            ("GET", "/v1/responses/resp_654321", ""), ("DELETE", "/v1/responses/resp_654321", ""),
            ("POST", "/v1/responses/resp_654321/cancel", ""), ("GET", "/v1/chat/completions/chatcmpl-654321", ""),
            ("POST", "/v1/chat/completions/chatcmpl-654321", "{}"), ("GET", "/v1/vector_stores/vs_654321/files", ""),
            ("POST", "/v1/threads/thread_654321/runs", "{}"), ("GET", "/v1/organizations/users", ""),
            ("POST", "/v1/responses", #"{"model":"gpt-4.1","input":"hi","previous_response_id":"resp_654321"}"#),
            ("POST", "/v1/responses", #"{"model":"gpt-4.1","input":"hi","conversation":{"id":"conv_654321"}}"#),
            ("POST", "/v1/responses/compact", #"{"previous_response_id":"resp_654321"}"#),
            ("POST", "/v1/batches", #"{"input_file_id":"file-654321"}"#),
        ])
    func foreign(_ method: String, _ path: String, _ body: String) async throws {
        let world = try await world()
        let call = await openAI(world, HTTPMethod(rawValue: method), path, body)
        #expect(call.status == 404 && call.code == "gateway.owner_unknown" && call.requests.isEmpty)
        #expect(call.sent.hasPrefix(#"{"error":{"message":"#) && call.faults.isEmpty && world.leftovers.isEmpty)
    }

    @Test("goes on at its node under the name that this node has for the model")
    func earlier() async throws {
        let world = try await DispatchWorld([])
        try await world.add(NodeChange(name: "north", family: "openai", priority: 1, models: [.init(match: "other")]))
        try await world.add(NodeChange(name: "south", family: "openai", priority: 2, models: [.init(match: "gpt-4.1", to: "ours")]))
        let made = await openAI(world, .POST, "/v1/responses", Self.body)
        made.beginStream()
        made.body("data: {\"type\":\"response.created\",\"response\":{\"id\":\"resp_123456\"}}\n\n")
        let next = await openAI(world, .POST, "/v1/responses", #"{"model":"gpt-4.1","input":"on","previous_response_id":"resp_123456"}"#)
        #expect(next.node == "south" && next.requests.last?.text.contains(#""model":"ours""#) == true, "known from its first event on")
        for call in [made, next] { call.tell(.clientLeft) }
        #expect(world.leftovers.isEmpty)
    }

    @Test("is noted only where the provider keeps it")
    func unkept() async throws {
        let world = try await world()
        for (path, more, id, isKept) in [
            ("/v1/responses", #","store":false"#, "resp_1", false), ("/v1/chat/completions", "", "chatcmpl-1", false),
            ("/v1/chat/completions", #","store":true"#, "chatcmpl-2", true), ("/v1/responses", "", "resp_2", true),
        ] {
            let made = await openAI(world, .POST, path, #"{"model":"gpt-4.1"\#(more)}"#)
            made.answer(200, #"{"id":"\#(id)","usage":{"input_tokens":3,"output_tokens":2}}"#)
            let got = await openAI(world, .GET, "\(path)/\(id)")
            #expect(got.isTrying == isKept, "\(path) \(more)")
            got.tell(.clientLeft)
        }
        #expect(world.leftovers.isEmpty)
    }

    @Test("is made, listed without what is others', and read by whoever made it, on paths that the gateway does not know")
    func unknownPaths() async throws {
        let world = try await world()
        let empty = await openAI(world, .GET, "/v1/vector_stores")
        #expect(empty.status == 200 && empty.sent.contains(#""data":[]"#) && empty.requests.isEmpty)
        let made = await openAI(world, .POST, "/v1/vector_stores", #"{"name":"x"}"#)
        made.fail(.refused, wasSent: false)
        made.answer(200, #"{"id":"vs_123456","object":"vector_store"}"#)
        await made.wake()
        #expect(made.status == 200)
        let list = await openAI(world, .GET, "/v1/vector_stores?limit=9")
        #expect(list.node == "south")
        list.answer(200, #"{"object":"list","data":[{"id":"vs_000000"},{"id":"vs_123456"}]}"#)
        await list.wake()
        #expect(list.sent == #"{"object":"list","data":[{"id":"vs_123456"}]}"#)
        let search = await openAI(world, .POST, "/v1/vector_stores/vs_123456/search", #"{"query":"q"}"#)
        #expect(search.node == "south")
        search.answer(200, #"{"data":[{"file_id":"file-1"}]}"#)
        #expect(search.sent == #"{"data":[{"file_id":"file-1"}]}"#)
        let speech = await openAI(world, .POST, "/v1/audio/speech", #"{"model":"tts"}"#)
        speech.answer(200, [("content-type", "audio/mpeg")])
        speech.body("sound")
        #expect(speech.sent == "sound", "it passes as it comes")
        speech.end()
        #expect(speech.isFinished && world.leftovers.isEmpty)
    }

    @Test("holds what a batch of OpenAI's has written")
    func batchFiles() async throws {
        let world = try await world()
        let made = await openAI(world, .POST, "/v1/batches", "{}")
        made.answer(200, #"{"id":"batch_123456","output_file_id":null}"#)
        await made.wake()
        let got = await openAI(world, .GET, "/v1/batches/batch_123456")
        got.answer(200, #"{"id":"batch_123456","output_file_id":"file-out","error_file_id":"file-err"}"#)
        await got.wake()
        for file in ["file-out", "file-err"] {
            let content = await openAI(world, .GET, "/v1/files/\(file)/content")
            #expect(content.node == "north")
            content.tell(.clientLeft)
        }
        #expect(world.leftovers.isEmpty)
    }
}

@Suite("An upload that does not say how long it is", .timeLimit(.minutes(4)))
struct EndlessUploadTests {
    @Test("is refused in the client's words when it is too long, whoever has had a part of it, and blames nobody")
    func tooLong() async throws {
        let world = try await DispatchWorld(["north", "south"])
        let call = world.call(.POST, "/v1/files")
        call.tell(.opened)
        guard case .stream(let limit) = call.requests.last?.body else {
            Issue.record("it was not streamed")
            return
        }
        #expect(limit == 500 << 20)
        call.tell(.bodyTooLarge)
        #expect(call.status == 413 && call.code == "gateway.body_too_large" && call.sent.contains("request_too_large"))
        #expect(call.requests.count == 1 && call.isFinished && call.faults.isEmpty && world.leftovers.isEmpty)
        let booked = try await world.booked(call)
        #expect(booked.summary.status == .refused && booked.tries.map(\.outcome) == ["client_left"])
        #expect(world.node("north")?.state == .healthy)
    }

    @Test("is cut off when its node has begun to answer")
    func answered() async throws {
        let world = try await DispatchWorld()
        let call = world.call(.POST, "/v1/messages/batches")
        call.tell(.opened)
        call.answer(200)
        call.tell(.bodyTooLarge)
        #expect(call.status == 413 && world.leftovers.isEmpty, "a creation is held back to its end")
    }
}

@Suite("A request's id", .timeLimit(.minutes(4)))
struct RequestNameTests {
    @Test("is the same for the client and in the ledger")
    func same() async throws {
        let world = try await DispatchWorld()
        let id = ULID.make(at: world.clock.now())
        let call = world.call(requestID: id.description)
        call.tell(.opened)
        call.tell(.bodyGathered(ByteBuffer(string: "{")))
        #expect(call.id == id && call.head?.headers["request-id"] == [id.description] && call.sent.contains(id.description))
        let booked = try await world.booked(call)
        #expect(booked.summary.id == id)
        let found = try await world.room.usage.requests(RequestFilter(id: id), after: nil, limit: 9, in: world.lantern)
        #expect(found.items.map(\.id) == [id])
        #expect(try await world.room.usage.requests(RequestFilter(id: id), after: nil, limit: 9, in: .make(at: id.time)).items.isEmpty)
    }
}
