import NIOCore
import NIOHTTP1
import Relay
import Routing
import Storage
import TestSupport
import Testing
import Vocabulary

@testable import Gateway

@Suite("Batches on several instances", .serialized)
struct SharedBatchTests {
    /// A million tokens out at half of $5, and a little for what goes in.
    private static let cost: Int64 = 2_500_000_000
    private static let budget = cost + cost / 2
    private static let text =
        #"{"requests":[{"custom_id":"a","params":{"model":"claude-haiku-4-5","max_tokens":1000000,"messages":[{"role":"user","content":"hi"}]}}]}"#

    /// As far as its body's end, where it waits for its money.
    private func begin(_ instance: FleetHouse.Instance) async -> Call {
        let call = instance.world.call(.POST, "/v1/messages/batches", headers: [("content-length", "\(Self.text.utf8.count)")])
        call.tell(.opened)
        await call.answered()
        guard call.isTrying else { return call }
        call.tell(.bodyPart(ByteBuffer(string: Self.text)))
        call.tell(.bodyRead)
        return call
    }

    private func make(_ instance: FleetHouse.Instance) async -> Call {
        let call = await begin(instance)
        await call.answered()
        return call
    }

    @Test("Two instances at once get one batch for the money of one")
    func lastDollar() async throws {
        let house = try await FleetHouse()
        let north = try await house.open(KeyChange(name: "ada's", budgetDay: .set(Self.budget)))
        let south = try await house.open(beside: north)
        try await house.running([north, south]) {
            let calls = [await begin(north), await begin(south)]
            for call in calls { await call.answered() }
            #expect(calls.count { $0.isRestSent } == 1)
            let refused = calls.filter { $0.isOver }
            #expect(refused.map(\.status) == [402] && refused.map(\.code) == ["gateway.budget_day"])
            for call in calls where call.isTrying { call.tell(.clientLeft) }
            // Nothing was made: the money is free again, wherever.
            let (winner, other) = calls[0].isOver && refused.contains { $0 === calls[0] } ? (south, north) : (north, south)
            let next = await make(other)
            #expect(next.isRestSent)
            next.answer(400, Words.error("invalid_request_error"))
            #expect(await make(winner).isRestSent)
        }
    }

    @Test("A batch that was made is counted by all until its results are booked, by whomever")
    func results() async throws {
        let house = try await FleetHouse()
        let north = try await house.open(KeyChange(name: "ada's", budgetDay: .set(Self.budget)))
        let south = try await house.open(beside: north)
        try await house.running([north, south]) {
            let made = await make(north)
            made.answer(200, #"{"id":"msgbatch_1","type":"message_batch"}"#)
            await made.answered()
            #expect(made.status == 200)
            try await eventually { north.shares?.parts[.day]?.held == 0 }
            for instance in [south, north] {
                let refused = await make(instance)
                #expect(refused.status == 402 && !refused.isRestSent)
            }
            #expect(await south.world.fetchResults(of: "msgbatch_1").isFinished)
            #expect(try await house.spent(.day) == 10_000)
            try await eventually {
                let next = await make(north)
                if next.isTrying { next.tell(.clientLeft) }
                return next.isRestSent
            }
            #expect(north.world.leftovers.isEmpty && south.world.leftovers.isEmpty)
        }
    }

    @Test("A batch that was made and could not be written down is counted for as long as the budget lasts")
    func unwritten() async throws {
        let house = try await FleetHouse()
        let north = try await house.open(KeyChange(name: "ada's", budgetDay: .set(Self.budget)))
        let south = try await house.open(beside: north)
        try await house.running([north, south]) {
            let made = await make(north)
            try await house.rename("owned_object", to: "owned_object_away")
            made.answer(200, #"{"id":"msgbatch_1","type":"message_batch"}"#)
            await made.answered()
            #expect(made.status == 529, "the client hears that it failed; the batch is under way")
            try await house.rename("owned_object_away", to: "owned_object")
            for instance in [south, north] {
                let refused = await make(instance)
                #expect(refused.status == 402 && refused.code == "gateway.budget_day" && !refused.isRestSent)
            }
            #expect(north.shares?.parts[.day]?.held ?? 0 >= Self.cost)
            #expect(try await house.held(.day) >= Self.cost)
        }
    }

    @Test("Batches of both providers hold money", arguments: [ResourceOwners.Kind.batch, .openAIBatch])
    func kinds(kind: ResourceOwners.Kind) async throws {
        let house = try await FleetHouse()
        let north = try await house.open(KeyChange(name: "ada's", budgetDay: .set(Self.budget)))
        let south = try await house.open(beside: north)
        let owner = ResourceOwners.Owner(
            node: try #require(north.world.node("north")?.id), key: north.world.key.id, held: Self.cost)
        try await north.room.traffic.objects.note("batch_000001", kind, owner, in: north.world.lantern)
        try await house.running([south]) {
            #expect(await make(south).status == 402)
            await north.room.traffic.batches.release("batch_000001", in: north.world.lantern)
            // What south was told just before may hold for a moment.
            try await eventually { await make(south).isRestSent }
        }
    }
}

extension Call {
    /// Until nothing is asked any more.
    func answered() async {
        while isAsking, !isOver { await wake() }
    }
}

extension DispatchWorld {
    /// What a batch of one request has come to: 10,000 nano-dollars.
    func fetchResults(of batch: String) async -> Call {
        let fetch = call(.GET, "/v1/messages/batches/\(batch)/results")
        fetch.tell(.opened)
        await fetch.answered()
        fetch.answer(200, [("content-type", "application/x-jsonl")])
        fetch.body(
            #"{"custom_id":"a","result":{"type":"succeeded","message":{"model":"claude-haiku-4-5","usage":{"input_tokens":10,"output_tokens":2}}}}"#
                + "\n")
        fetch.end()
        await fetch.answered()
        return fetch
    }
}

extension FleetHouse {
    /// Takes a table away from under the program, and puts it back.
    func rename(_ table: String, to name: String) async throws {
        try await storage.alter("ALTER TABLE \(table) RENAME TO \(name)")
    }

    /// What all instances together have spent of a limit, as far as they have told.
    func spent(_ limit: SharedLimit) async throws -> Int64 {
        try await storage.database.read { connection in
            try connection.row("SELECT COALESCE(SUM(spent), 0) FROM gateway_share WHERE kind = ?", limit.rawValue)?.get(0) ?? 0
        }
    }

    /// What they hold for running requests.
    func held(_ limit: SharedLimit) async throws -> Int64 {
        try await storage.database.read { connection in
            try connection.row("SELECT COALESCE(SUM(held), 0) FROM gateway_share WHERE kind = ?", limit.rawValue)?.get(0) ?? 0
        }
    }

    /// What the ledger knows.
    func booked() async throws -> Int64 {
        try await storage.database.read { try $0.row("SELECT COALESCE(SUM(cost), 0) FROM gateway_hour")?.get(0) ?? 0 }
    }
}
