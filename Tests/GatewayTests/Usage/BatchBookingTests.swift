import ModelProtocol
import NIOCore
import NIOHTTP1
import Relay
import Routing
import Storage
import Synchronization
import TestSupport
import Testing
import Vocabulary

@testable import Gateway

@Suite("Results of a message batch", .timeLimit(.minutes(4)))
struct BatchBookingTests {
    private static func line(_ name: String, input: Int) -> String {
        #"{"custom_id":"\#(name)","result":{"type":"succeeded","message":{"model":"claude-haiku-4-5","usage":{"input_tokens":\#(input),"output_tokens":0,"service_tier":"batch"}}}}"#
            + "\n"
    }

    private static let jsonl = [("content-type", "application/x-jsonl")]

    private func world() async throws -> DispatchWorld {
        let world = try await DispatchWorld(["north"])
        let made = world.call(.POST, "/v1/messages/batches", headers: [("content-length", "9")])
        made.tell(.opened)
        made.answer(200, #"{"id":"msgbatch_1","type":"message_batch"}"#)
        await made.wake()
        return world
    }

    private func fetch(_ world: DispatchWorld, key: String? = nil) async -> Call {
        let call = world.call(.GET, "/v1/messages/batches/msgbatch_1/results", key: key)
        call.tell(.opened)
        await call.wake()
        return call
    }

    private func results(_ world: DispatchWorld) async throws -> [RequestSummary] {
        try await world.room.mover.recover()
        var (found, cursor): ([RequestSummary], Cursor?) = ([], nil)
        repeat {
            let page = try await world.room.usage.requests(RequestFilter(), after: cursor, limit: 200, in: world.lantern)
            (found, cursor) = (found + page.items, page.next)
        } while cursor != nil
        return found.filter { $0.operation == "batch_result" }
    }

    @Test("are booked once each at half the price for the key that made it, however often and by whomever they are fetched")
    func once() async throws {
        let world = try await world()
        let other = try await world.room.keys.create(KeyChange(name: "another"), by: world.author)
        let text = (0..<450).map { Self.line("r\($0)", input: 1_000_000) }.joined()
        for key in [other.text.reveal(), world.keyText] {
            let call = await fetch(world, key: key)
            call.answer(200, Self.jsonl)
            for part in [text.prefix(10_000), text.dropFirst(10_000)] { call.body(String(part)) }
            call.end()
            #expect(call.sent == text && !call.isFinished, "the end waits for the books")
            await call.wake()
            #expect(call.isFinished && call.faults.isEmpty)
            #expect(try await world.booked(call).summary.usage == nil)
        }
        let report = try await world.room.usage.report(
            by: .key, of: UsagePeriod(from: world.clock.now() - .seconds(3_600), to: world.clock.now() + .seconds(3_600)), in: world.lantern
        )
        let mine = report.items.first { $0.id == world.key.id.description }?.figures
        #expect(mine?.inputTokens == 450_000_000 && mine?.cost == 450 * 500_000_000)
        #expect(report.items.first { $0.id == other.key.id.description }?.figures.cost == 0)
        let booked = try await results(world)
        #expect(booked.count == 450 && booked.allSatisfy { $0.cost == 500_000_000 && $0.model == "claude-haiku-4-5" })
        let spent = world.room.control.state.withLock { $0.keys[world.key.id]?.spentToday }
        #expect(spent == 450 * 500_000_000 && world.leftovers.isEmpty)
    }

    @Test("count as far as they came when the client leaves or the node breaks off, and the rest with the next fetch")
    func partly() async throws {
        let world = try await world()
        let left = await fetch(world)
        left.answer(200, Self.jsonl)
        left.body(Self.line("a", input: 10) + Self.line("b", input: 10) + #"{"custom_id":"c","#)
        left.tell(.clientLeft)
        let broken = await fetch(world)
        broken.answer(200, Self.jsonl)
        broken.body(Self.line("b", input: 10) + Self.line("c", input: 10))
        broken.fail(.reset, wasSent: true)
        #expect(broken.isCut)
        let whole = await fetch(world)
        whole.answer(200, Self.jsonl)
        whole.body(["a", "b", "c", "d"].map { Self.line($0, input: 10) }.joined())
        whole.end()
        await whole.wake()
        #expect(whole.isFinished)
        // What the first two told is booked in tasks of their own.
        while try await results(world).count < 4 { await Task.yield() }
        #expect(try await results(world).map(\.cost) == Array(repeating: 5_000, count: 4) && world.leftovers.isEmpty)
    }

    @Test("fit their columns, whatever the node calls batch, model and place, and are told from another batch's that begins alike")
    func long() async throws {
        let world = try await world()
        let books = world.room.traffic.batches
        var usage = TokenUsage()
        (usage.input, usage.geo) = (10, String(repeating: "世", count: 15))
        let node = try #require(world.node("north")?.id)
        let name = String(repeating: "n", count: 128)
        for end in ["1", "2", "1"] {
            let batch = FetchedBatch(id: String(repeating: "界", count: 66) + end, key: world.key.id, workspace: world.lantern)
            await books.book([BatchResult(name: name, model: String(repeating: "m", count: 256), usage: usage)], of: batch, from: node)
        }
        let found = try await results(world)
        #expect(found.count == 2 && found.allSatisfy { $0.model == String(repeating: "m", count: 128) })
        let details = try await world.room.usage.request(try #require(found.first).id, in: world.lantern)
        #expect(details.client.session == String(repeating: "界", count: 26))
    }

    @Test("keep their marks for two months")
    func marks() async throws {
        let world = try await world()
        let books = world.room.traffic.batches
        var usage = TokenUsage()
        usage.input = 10
        let node = try #require(world.node("north")?.id)
        let batch = FetchedBatch(id: "msgbatch_1", key: world.key.id, workspace: world.lantern)
        for day in [0, 59, 2] {
            world.clock.advance(by: .seconds(day * 86_400))
            await books.book([BatchResult(name: "a", model: "claude-haiku-4-5", usage: usage)], of: batch, from: node)
            _ = try await books.forgetOld()
        }
        #expect(try await results(world).count == 1)
        await books.book([BatchResult(name: "a", model: "claude-haiku-4-5", usage: usage)], of: batch, from: node)
        #expect(try await results(world).count == 2, "nobody has them any more by then")
    }
}
