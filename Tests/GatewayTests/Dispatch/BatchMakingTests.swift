import ModelProtocol
import NIOCore
import NIOHTTP1
import Relay
import Storage
import Synchronization
import TestSupport
import Testing
import Vocabulary

@testable import Gateway
@testable import Routing

@Suite("A message batch on its way to a node", .timeLimit(.minutes(4)))
struct BatchMakingTests {
    private static func batch(_ model: String, file: String? = nil, output: Int = 1_000_000) -> String {
        let content = file.map { #"[{"type":"document","source":{"type":"file","file_id":"\#($0)"}}]"# } ?? #""hi""#
        return
            #"{"requests":[{"custom_id":"a","params":{"model":"\#(model)","max_tokens":\#(output),"messages":[{"role":"user","content":\#(content)}]}}]}"#
    }

    /// As far as its body's end.
    private func begin(_ world: DispatchWorld, _ text: String) -> Call {
        let call = world.call(.POST, "/v1/messages/batches", headers: [("content-length", "\(text.utf8.count)")])
        call.tell(.opened)
        guard case .inspectedStream = call.requests.last?.body else {
            Issue.record("it was not looked at")
            return call
        }
        call.tell(.bodyPart(ByteBuffer(string: String(text.prefix(40)))))
        if !call.isOver { call.tell(.bodyPart(ByteBuffer(string: String(text.dropFirst(40))))) }
        if !call.isOver { call.tell(.bodyRead) }
        return call
    }

    @Test("asks only for models that its key may use: else it is cut off before it is whole")
    func models() async throws {
        let world = try await DispatchWorld(["north"], key: KeyChange(name: "ada's", models: ["claude-haiku-*"]))
        let refused = begin(world, Self.batch("claude-opus-5"))
        #expect(refused.status == 403 && refused.code == "gateway.model_forbidden" && !refused.isRestSent && !refused.isTrying)
        let broken = begin(world, "{\"requests\":[")
        #expect(broken.status == 400 && broken.code == "gateway.body_malformed" && !broken.isRestSent)
        let good = begin(world, Self.batch("claude-haiku-4-5"))
        #expect(good.isRestSent && good.isTrying)
        good.tell(.clientLeft)
        #expect(world.node("north")?.state == .healthy && world.leftovers.isEmpty)
    }

    @Test("names only files of its own workspace")
    func files() async throws {
        let world = try await DispatchWorld(["north"])
        let foreign = begin(world, Self.batch("claude-haiku-4-5", file: "file_000001"))
        #expect(!foreign.isOver && !foreign.isRestSent, "the rest waits for the answer")
        await foreign.wake()
        #expect(foreign.status == 404 && foreign.code == "gateway.owner_unknown" && !foreign.isRestSent)
        let node = try #require(world.node("north")?.id)
        try await world.room.traffic.objects.note("file_000001", .file, at: node, in: world.lantern)
        let own = begin(world, Self.batch("claude-haiku-4-5", file: "file_000001"))
        await own.wake()
        #expect(own.isRestSent && own.isTrying)
        own.tell(.clientLeft)
        #expect(foreign.faults.isEmpty && own.faults.isEmpty && world.leftovers.isEmpty)
    }

    private func held(_ world: DispatchWorld, _ control: TrafficControl? = nil) -> Int64 {
        (control ?? world.room.control).state.withLock { $0.keys[world.key.id]?.day.reserved ?? -1 }
    }

    @Test("holds the money that it may cost until its results are booked, over a restart too")
    func money() async throws {
        // A million tokens out at half of $5.
        let cost: Int64 = 2_500_000_000
        let world = try await DispatchWorld(["north"], key: KeyChange(name: "ada's", budgetDay: .set(cost + cost / 2)))
        let failed = begin(world, Self.batch("claude-haiku-4-5"))
        #expect(failed.isRestSent && held(world) >= cost)
        failed.answer(400, Words.error("invalid_request_error"))
        #expect(failed.status == 400 && held(world) == 0)
        let made = begin(world, Self.batch("claude-haiku-4-5"))
        made.answer(200, #"{"id":"msgbatch_1","type":"message_batch"}"#)
        await made.wake()
        #expect(made.status == 200 && (cost..<cost + 100_000).contains(held(world)))
        let tooMuch = begin(world, Self.batch("claude-haiku-4-5"))
        #expect(tooMuch.status == 402 && tooMuch.code == "gateway.budget_day" && !tooMuch.isRestSent)
        let next = TrafficControl { _ in }
        next.startKeys([world.key], spent: [:], at: Health.reading(world.clock))
        next.restore(try await world.room.traffic.objects.holds(since: world.clock.now() - .seconds(60)))
        #expect(held(world, next) == held(world))
        #expect(await world.fetchResults(of: "msgbatch_1").isFinished && held(world) == 0)
        #expect(world.room.control.state.withLock { $0.keys[world.key.id]?.spentToday } == 10_000)
        #expect(try await world.room.traffic.objects.holds(since: Timestamp(milliseconds: 0)).isEmpty && world.leftovers.isEmpty)
    }

    @Test("is forgotten with the money that was held for it")
    func deleted() async throws {
        let world = try await DispatchWorld(["north"], key: KeyChange(name: "ada's", budgetDay: .set(9_000_000_000)))
        let made = begin(world, Self.batch("claude-haiku-4-5"))
        made.answer(200, #"{"id":"msgbatch_1","type":"message_batch"}"#)
        await made.wake()
        #expect(held(world) > 0)
        let gone = world.call(.DELETE, "/v1/messages/batches/msgbatch_1")
        gone.tell(.opened)
        await gone.wake()
        gone.answer(200, #"{"id":"msgbatch_1","type":"message_batch_deleted"}"#)
        await gone.wake()
        #expect(gone.status == 200 && held(world) == 0 && world.leftovers.isEmpty)
    }

    @Test("is counted under few names, whatever its node calls its models")
    func names() async throws {
        let world = try await DispatchWorld(["north"])
        let node = try #require(world.node("north")?.id)
        let books = world.room.traffic.batches
        var usage = TokenUsage()
        usage.input = 10
        let results = (0..<600).map { BatchResult(name: "r\($0)", model: "model-\($0)", usage: usage) }
        await books.book(results, of: FetchedBatch(id: "b", key: world.key.id, workspace: world.lantern), from: node)
        let names = try await world.storage.database.read {
            try $0.row("SELECT COUNT(DISTINCT model) FROM gateway_hour", [])?.get(0, as: Int.self)
        }
        #expect(names == CountedModels.most + 1)
    }
}

@Suite("An answer in the background", .timeLimit(.minutes(4)))
struct BackgroundAnswerTests {
    private static let queued = #"{"id":"resp_123456","status":"queued","background":true,"model":"gpt-4.1","usage":null}"#
    private static let done =
        #"{"id":"resp_123456","status":"completed","background":true,"model":"gpt-4.1","usage":{"input_tokens":30,"output_tokens":20}}"#

    private func world() async throws -> DispatchWorld {
        let world = try await DispatchWorld([])
        try await world.add(NodeChange(name: "north", family: "openai"))
        return world
    }

    private func begin(_ world: DispatchWorld, stream: Bool = false) -> Call {
        let call = world.openAICall(.POST, "/v1/responses")
        call.tell(.opened)
        call.tell(.bodyGathered(ByteBuffer(string: #"{"model":"gpt-4.1","input":"hi","background":true,"stream":\#(stream)}"#)))
        return call
    }

    private func fetch(_ world: DispatchWorld, _ answer: String) async -> Call {
        let call = world.openAICall(.GET, "/v1/responses/resp_123456")
        call.tell(.opened)
        await call.wake()
        call.answer(200, answer)
        if !call.isOver { await call.wake() }
        #expect(call.isFinished && call.sent == answer && call.faults.isEmpty)
        return call
    }

    private func rows(_ world: DispatchWorld) async throws -> [RequestSummary] {
        try await world.room.mover.recover()
        return try await world.room.usage.requests(RequestFilter(), after: nil, limit: 200, in: world.lantern).items
    }

    @Test("is paid for once, by who asked for it, when it is fetched")
    func once() async throws {
        let world = try await world()
        let made = begin(world)
        made.answer(200, Self.queued)
        #expect(!made.isOver, "it is written down first")
        await made.wake()
        #expect(made.sent == Self.queued && made.isFinished)
        _ = await fetch(world, Self.queued)
        for _ in 0..<3 { _ = await fetch(world, Self.done) }
        let paid = try await rows(world).filter { $0.usage != nil }
        #expect(paid.map(\.operation) == ["background"] && paid.first?.usage?.output == 20 && paid.first?.key?.id == world.key.id)
        #expect(world.room.control.state.withLock { $0.keys[world.key.id]?.spentToday } == paid.first?.cost && world.leftovers.isEmpty)
    }

    @Test("that is streamed to its end is paid for with the stream; one whose client left when it is fetched")
    func streams() async throws {
        for leaves in [false, true] {
            let world = try await world()
            let made = begin(world, stream: true)
            made.beginStream()
            made.body("event: response.created\ndata: {\"type\":\"response.created\",\"response\":{\"id\":\"resp_123456\"}}\n\n")
            made.body("event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"delta\":\"x\"}\n\n")
            if leaves {
                made.tell(.clientLeft)
            } else {
                made.body("event: response.completed\ndata: {\"type\":\"response.completed\",\"response\":\(Self.done)}\n\n")
                made.end()
                #expect(made.isFinished)
            }
            await world.room.traffic.objects.flush()
            for _ in 0..<2 { _ = await fetch(world, Self.done) }
            let paid = try await rows(world).filter { $0.usage?.output == 20 }
            #expect(paid.map(\.operation) == [leaves ? "background" : "responses"] && world.leftovers.isEmpty)
        }
    }
}

@Suite("Objects that a request's body names", .timeLimit(.minutes(4)))
struct NamedInBodyTests {
    private func message(_ world: DispatchWorld, _ members: String) async -> Call {
        let call = world.call()
        call.tell(.opened)
        call.tell(.bodyGathered(ByteBuffer(string: #"{"model":"claude-haiku-4-5","max_tokens":9,\#(members)}"#)))
        if !call.isTrying, !call.isOver { await call.wake() }
        return call
    }

    @Test("must be the workspace's own, lead to the node that has them, and leave the bytes as they are")
    func files() async throws {
        let world = try await DispatchWorld(["north", "south"])
        let members = #""messages":[{"role":"user","content":[{"type":"document","source":{"type":"file","file_id":"file_000001"}}]}]"#
        let foreign = await message(world, members)
        #expect(foreign.status == 404 && foreign.code == "gateway.owner_unknown" && foreign.requests.isEmpty)
        let south = try #require(world.node("south")?.id)
        try await world.room.traffic.objects.note("file_000001", .file, at: south, in: world.lantern)
        let own = await message(world, members)
        #expect(own.node == "south" && own.requests.last?.text == #"{"model":"claude-haiku-4-5","max_tokens":9,\#(members)}"#)
        own.complete(stream: false)
        #expect(own.status == 200 && world.leftovers.isEmpty)
    }

    @Test("may be a container that an answer has made, and of nobody else's")
    func containers() async throws {
        let world = try await DispatchWorld(["north", "south"])
        let used = #""container":"container_01","messages":[]"#
        #expect(await message(world, used).status == 404)
        let made = await message(world, #""messages":[]"#)
        made.fail(.refused, wasSent: false)
        made.answer(200, #"{"id":"msg_1","model":"c","container":{"id":"container_01"},"usage":{"input_tokens":1,"output_tokens":1}}"#)
        let again = await message(world, used)
        #expect(again.node == "south")
        again.tell(.clientLeft)
        #expect(world.leftovers.isEmpty)
    }
}
