import Routing
import Storage
import TestSupport
import Testing
import Vocabulary

@testable import Gateway

/// Clients may name any model: what the sums keep of that.
@Suite struct CountedModelsTests {
    private static func rows(_ world: LedgerWorld) async throws -> [String: Int64] {
        try await world.database.read { connection in
            try connection.rows("SELECT model, COUNT(*) FROM gateway_hour GROUP BY model").reduce(into: [:]) {
                $0[try $1.get(0)] = try $1.get(1)
            }
        }
    }

    private static func failed(_ world: LedgerWorld, _ run: LedgerRun, _ model: String) throws {
        let entry = try run.ledger.openRequest(world.opening(model))
        try entry.openAttempt(AttemptOpening(number: 1, node: world.north, mappedModel: model))
        entry.close(RequestClosing(status: .failed, httpStatus: 404, attempts: 1, durationMilliseconds: 5, node: world.north))
    }

    @Test("Thousands of made-up names that no node answers for are one line; nothing is lost from the sums, and each row keeps its name")
    func madeUp() async throws {
        let world = try await LedgerWorld(limits: .init(segment: 4 << 20))
        let run = try await world.start()
        for number in 0..<3_000 { try Self.failed(world, run, "made-up-\(number)") }
        try world.completed(run)
        try await run.move()
        #expect(try await Self.rows(world) == ["other": 1, "sonnet": 1])
        let sums = try await world.sums()
        #expect(sums.hours.requests == 3_001 && sums.hours.failures == 3_000 && sums.hours.attempts == 3_001)
        let found = try await world.usage.requests(RequestFilter(model: "made-up-77"), after: nil, limit: 5, in: world.lantern)
        #expect(found.items.map(\.model) == ["made-up-77"])
        let period = UsagePeriod(from: world.clock.now(), to: world.clock.now() + .seconds(1))
        let report = try await world.usage.report(by: .model, of: period, in: world.lantern)
        #expect(report.items.map(\.name) == ["sonnet", "other"] && report.items.map(\.figures.requests) == [1, 3_000])
    }

    @Test("A model that failed before a node ever answered for it counts as itself when the price book knows it")
    func priced() async throws {
        let world = try await LedgerWorld()
        let run = try await world.start()
        try Self.failed(world, run, "haiku")
        try Self.failed(world, run, "nobody-knows")
        try await run.move()
        #expect(try await Self.rows(world) == ["haiku": 1, "other": 1])
    }

    @Test("A node that answers for every name gets so many of them a day and workspace; a start of the process in between changes nothing")
    func answered() async throws {
        let world = try await LedgerWorld(limits: .init(segment: 4 << 20))
        var run = try await world.start()
        for part in 0..<3 {
            for number in 0..<300 { try world.completed(run, world.opening("local-\(part)-\(number)"), usage: PricedTokens(input: 1)) }
            try await run.move()
            run = try await world.start()
        }
        try await run.move()
        try world.completed(run, world.opening("local-0-5"), usage: PricedTokens(input: 1))
        try world.completed(run, world.opening("anvil's own", in: world.anvil))
        try await run.move()
        let rows = try await Self.rows(world)
        #expect(rows.count == CountedModels.most + 2 && rows["anvil's own"] == 1 && rows["other"] == 1 && rows["local-0-5"] == 1)
        #expect(try await world.sums().hours.inputTokens == 901 + 1_000)
        // Another day has room again.
        world.clock.advance(by: .seconds(86_400))
        try world.completed(run, world.opening("local-2-299"), usage: PricedTokens(input: 1))
        try await run.move()
        #expect(try await Self.rows(world)["local-2-299"] == 1)
    }

    @Test("Priced anew, a request that counts under other takes its money from there, and rows and hours stay equal")
    func rerated() async throws {
        let world = try await LedgerWorld(limits: .init(segment: 4 << 20))
        let run = try await world.start()
        for number in 0..<(CountedModels.most + 50) {
            try world.completed(run, world.opening("local-\(number)"), usage: PricedTokens(input: 1_000_000))
        }
        try await run.move()
        for number in [3, CountedModels.most + 7] { world.prices.set(2_000_000_000, for: "local-\(number)") }
        let (from, to) = (world.clock.now() - .seconds(5), world.clock.now() + .seconds(5))
        let report = try await world.usage.rerate(from: from, to: to, apply: true, in: world.lantern)
        #expect(report.changed == 2 && report.after == 4_000_000_000)
        let costs = try await world.database.read { connection in
            try connection.rows("SELECT model, cost, unpriced FROM gateway_hour WHERE cost <> 0 ORDER BY model").map(\.values)
        }
        #expect(
            costs == [
                [.text("local-3"), .integer(2_000_000_000), .integer(0)], [.text("other"), .integer(2_000_000_000), .integer(49)],
            ])
        let sums = try await world.sums()
        #expect(sums.hours.cost == sums.rows.cost && sums.hours.unpriced == sums.rows.unpriced)
        #expect(try await Self.rows(world).count == CountedModels.most + 1)
    }

    @Test("Who is let in: answered names first, priced ones up to a lower number, and what is in stays in")
    func admission() {
        var models = CountedModels()
        let (workspace, now) = (ULID.make(at: Timestamp(milliseconds: 1)), Timestamp(milliseconds: 1_795_248_000_000))
        let admits = { (models: inout CountedModels, name: String, isAnswered: Bool, isPriced: Bool) in
            models.admits(name, of: workspace, at: now, isAnswered: isAnswered) { isPriced }
        }
        #expect(admits(&models, "", false, false))
        #expect(!admits(&models, "a", false, false))
        #expect(admits(&models, "a", true, false))
        #expect(admits(&models, "a", false, false))
        #expect(!admits(&models, "other", true, true))
        for number in 1..<CountedModels.mostUnanswered { #expect(admits(&models, "p\(number)", false, true)) }
        #expect(!admits(&models, "p", false, true))
        for number in CountedModels.mostUnanswered..<CountedModels.most { #expect(admits(&models, "n\(number)", true, false)) }
        #expect(!admits(&models, "n", true, true))
        #expect(admits(&models, "p5", false, false) && admits(&models, "a", false, false))
        #expect(models.admits("n", of: workspace, at: now + .seconds(86_400), isAnswered: true) { false })
        #expect(models.admits("n", of: ULID.make(at: now), at: now, isAnswered: true) { false })
    }
}
