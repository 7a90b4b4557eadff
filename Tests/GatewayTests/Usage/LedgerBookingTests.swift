import Routing
import Storage
import Synchronization
import TestSupport
import Testing
import Vocabulary

@testable import Gateway

/// From the dispatcher's calls to rows and hourly sums.
@Suite struct LedgerBookingTests {
    @Test("A request that begins and ends between two moves is one row with its tries, its price and its hour")
    func inOneMove() async throws {
        let world = try await LedgerWorld()
        let run = try await world.start()
        let id = try world.completed(run)
        try await run.move()
        let detail = try await world.usage.request(id, in: world.lantern)
        #expect(detail.summary.status == .completed)
        #expect(detail.summary.cost == 3_600_000)
        #expect(detail.summary.usage == PricedTokens(input: 1_000, output: 200))
        #expect(detail.summary.node?.id == world.north)
        #expect(detail.summary.firstByteMilliseconds == 120)
        #expect(detail.summary.at == world.clock.now())
        #expect(detail.priceLines.map(\.cost) == [3_000_000, 600_000])
        #expect(detail.client == ClientFacts(agent: "claude-cli/2.1", address: "192.0.2.7", session: "s1"))
        #expect(detail.tries.map(\.outcome) == ["completed"])
        #expect(detail.tries.map(\.certainty) == [.completed])
        let sums = try await world.sums()
        #expect(sums.hours.requests == 1 && sums.hours.cost == 3_600_000 && sums.hours.attempts == 1)
        #expect(run.ledger.lag == Ledger.Lag())
    }

    @Test("A request that is still open is to be seen, and its row is completed when it ends")
    func overMoves() async throws {
        let world = try await LedgerWorld()
        let run = try await world.start()
        let opening = world.opening()
        let entry = try run.ledger.openRequest(opening)
        try await run.move()
        #expect(try await world.usage.request(opening.id, in: world.lantern).summary.status == .open)
        try entry.openAttempt(AttemptOpening(number: 1, node: world.north, mappedModel: "sonnet"))
        try await run.move()
        let running = try await world.usage.request(opening.id, in: world.lantern)
        #expect(running.tries.map(\.certainty) == [nil])
        #expect(try await world.sums().hours == UsageFigures())
        entry.endAttempt(
            AttemptEnding(number: 1, certainty: .rejected, outcome: "status_529", httpStatus: 529, milliseconds: 40, isNodeFault: true))
        try entry.openAttempt(AttemptOpening(number: 2, node: world.south, mappedModel: "haiku"))
        try await run.move()
        entry.endAttempt(AttemptEnding(number: 2, certainty: .completed, outcome: "completed", httpStatus: 200, milliseconds: 700))
        entry.close(
            RequestClosing(
                status: .completed, httpStatus: 200, attempts: 2, durationMilliseconds: 800, usage: PricedTokens(input: 1_000_000),
                node: world.south,
                mappedModel: "haiku"))
        try await run.move()
        let detail = try await world.usage.request(opening.id, in: world.lantern)
        #expect(detail.summary.status == .completed && detail.summary.attempts == 2)
        // By what the node was asked for.
        #expect(detail.summary.cost == 1_000_000_000)
        #expect(detail.tries.map(\.outcome) == ["status_529", "completed"])
        #expect(detail.tries.map(\.isNodeFault) == [true, false])
        let nodes = try await world.usage.todayByNode(in: world.lantern, now: world.clock.now())
        #expect(nodes[world.north]?.attempts == 1 && nodes[world.north]?.nodeFaults == 1 && nodes[world.north]?.requests == 0)
        #expect(nodes[world.south]?.requests == 1 && nodes[world.south]?.nodeFaults == 0)
    }

    @Test("A model without a price is unpriced and reported, not free; usage that nobody reported costs nothing")
    func unpriced() async throws {
        let world = try await LedgerWorld()
        let run = try await world.start()
        let id = try world.completed(run, world.opening("mystery-9"))
        let silent = try world.completed(run, usage: nil)
        try await run.move()
        let summary = try await world.usage.request(id, in: world.lantern).summary
        #expect(summary.cost == nil && summary.isUnpriced)
        let other = try await world.usage.request(silent, in: world.lantern).summary
        #expect(other.cost == nil && !other.isUnpriced && other.usage == nil)
        let period = UsagePeriod(from: world.clock.now(), to: world.clock.now() + .seconds(1))
        let report = try await world.usage.report(by: .model, of: period, in: world.lantern)
        #expect(report.unpricedModels == ["mystery-9"])
        #expect(report.total.unpriced == 1)
        #expect(report.total.inputTokens == 1_000)
    }

    @Test("Usage that no node may report does not become negative money")
    func absurdUsage() async throws {
        let world = try await LedgerWorld()
        let run = try await world.start()
        let id = try world.completed(run, usage: PricedTokens(input: -5, cacheRead: .max, output: .min))
        try await run.move()
        let summary = try await world.usage.request(id, in: world.lantern).summary
        #expect(summary.usage == PricedTokens(cacheRead: PricedTokens.most))
        #expect(summary.cost == 3_000_000_000_000)
    }

    @Test("A price with too many zeros does not take the sums away")
    func absurdPrice() async throws {
        let world = try await LedgerWorld()
        let run = try await world.start()
        world.prices.set(.max, for: "sonnet")
        for _ in 0..<20 { try world.completed(run, usage: PricedTokens(input: PricedTokens.most)) }
        try await run.move()
        let period = UsagePeriod(from: world.clock.now(), to: world.clock.now() + .seconds(1))
        #expect(try await world.usage.report(by: .day, of: period, in: world.lantern).total.cost == 20 * RequestBill.most)
    }

    @Test("A request that ends after midnight belongs to the hour and day in which it came in")
    func lateClose() async throws {
        let world = try await LedgerWorld()
        let run = try await world.start()
        let beforeMidnight = Timestamp(milliseconds: world.clock.now().startOfUTCDay.milliseconds + 86_399_000)
        world.clock.advance(by: .milliseconds(beforeMidnight.milliseconds - world.clock.now().milliseconds))
        let opening = world.opening()
        let entry = try run.ledger.openRequest(opening)
        try await run.move()
        world.clock.advance(by: .seconds(7_200))
        entry.close(
            RequestClosing(
                status: .completed, httpStatus: 200, attempts: 0, durationMilliseconds: 7_200_000, usage: PricedTokens(input: 1_000)))
        try await run.move()
        let spending = try await world.usage.spendAtStart(now: world.clock.now())[world.ada]
        #expect(spending == KeySpending(day: 0, month: 3_000_000))
        let period = UsagePeriod(from: beforeMidnight, to: world.clock.now())
        let report = try await world.usage.report(by: .day, of: period, in: world.lantern)
        #expect(report.items.map(\.name) == ["2026-11-21", "2026-11-22"])
        #expect(report.items.map(\.figures.cost) == [3_000_000, 0])
    }

    @Test("A second close changes nothing, and a request that is dropped open is closed as failed")
    func closing() async throws {
        let world = try await LedgerWorld()
        let run = try await world.start()
        var entry: LedgerEntry? = try run.ledger.openRequest(world.opening())
        entry?.close(RequestClosing(status: .cancelled, httpStatus: nil, attempts: 0, durationMilliseconds: 5))
        entry?.close(RequestClosing(status: .completed, httpStatus: 200, attempts: 0, durationMilliseconds: 9))
        let dropped = world.opening()
        entry = try run.ledger.openRequest(dropped)
        try entry?.openAttempt(AttemptOpening(number: 1, node: world.north, mappedModel: "sonnet"))
        entry = nil
        try await run.move()
        let sums = try await world.sums()
        #expect(sums.statuses == ["cancelled": 1, "failed": 1])
        #expect(run.ledger.journal.openRequests == 0)
        let detail = try await world.usage.request(dropped.id, in: world.lantern)
        #expect(detail.summary.code == "gateway.abandoned")
        #expect(detail.tries.map(\.outcome) == ["abandoned"])
        #expect(detail.tries.map(\.isChargeSuspected) == [true])
    }

    @Test("A flood of refused requests: ten rows a minute of each kind, and every one of them counted")
    func flood() async throws {
        let world = try await LedgerWorld()
        let run = try await world.start()
        let refuse = { (key: KeyID?, code: String) in
            run.ledger.refuse(
                RequestRefusal(
                    id: .make(at: world.clock.now()), workspace: key == nil ? nil : world.lantern, key: key, operation: "messages",
                    model: "sonnet",
                    httpStatus: 429, code: code))
        }
        for minute in 0..<2 {
            for _ in 0..<5_000 {
                refuse(world.ada, "gateway.requests_per_minute")
                refuse(nil, "gateway.key_unknown")
            }
            if minute == 0 { try await run.move() }
            world.clock.advance(by: .seconds(60))
        }
        try await run.move()
        let sums = try await world.sums()
        #expect(sums.statuses == ["refused": 40])
        #expect(sums.hours.refused == 20_000)
        #expect(sums.hours.requests == 0)
        let counts = try await world.database.read { connection in
            try connection.rows("SELECT count FROM gateway_refusal").map { try $0.get(0, as: Int64.self) }
        }
        #expect(counts == [5_000, 5_000, 5_000, 5_000])
        let report = try await world.usage.report(
            by: .key, of: UsagePeriod(from: world.clock.now() - .seconds(600), to: world.clock.now()), in: world.lantern)
        #expect(report.items.map(\.figures.refused) == [10_000])
    }

    @Test("The database is away for a while: everything waits in the journal, and is booked once when it is back")
    func databaseAway() async throws {
        let world = try await LedgerWorld()
        let run = try await world.start()
        let flaky = FlakyDatabase(world.database)
        let mover = LedgerMover(ledger: run.ledger, database: flaky, pricing: world.prices, logger: .silent)
        try world.completed(run)
        let entry = try run.ledger.openRequest(world.opening())
        try await mover.move()
        flaky.fails(4)
        for _ in 0..<4 {
            try world.completed(run)
            await #expect(throws: StorageError.self) { try await mover.move() }
        }
        #expect(run.ledger.lag.records == 16)
        #expect(run.ledger.lag.trouble?.contains("disk") == true)
        entry.close(RequestClosing(status: .failed, httpStatus: 502, attempts: 0, durationMilliseconds: 5))
        try await mover.move()
        #expect(run.ledger.lag == Ledger.Lag())
        let sums = try await world.sums()
        #expect(sums.statuses == ["completed": 5, "failed": 1])
        #expect(sums.hours.requests == 6 && sums.hours.attempts == 5)
    }

    @Test("A record that the schema refuses is left out, with a finding; what comes before and after it is booked")
    func poison() async throws {
        let world = try await LedgerWorld()
        let log = CapturedLog()
        let run = try await world.start(logger: log.logger())
        // A rule that no record of this program breaks, but one of a later release might.
        try await world.storage.alter(
            """
            CREATE TRIGGER poison BEFORE INSERT ON gateway_request WHEN NEW.model = 'poison'
                BEGIN SELECT RAISE(ABORT, 'no such model here'); END
            """, onServer: "ALTER TABLE gateway_request ADD CONSTRAINT poison CHECK (model <> 'poison')")
        try world.completed(run)
        let entry = try run.ledger.openRequest(world.opening("poison"))
        for _ in 0..<3 { try world.completed(run) }
        await #expect(throws: StorageError.self) { try await run.move() }
        try await run.move()
        #expect(log.lines.filter { $0.contains("ledger.refused") }.count == 1)
        // Nobody knows of it any more: what comes of it belongs to nothing.
        entry.close(RequestClosing(status: .completed, httpStatus: 200, attempts: 1, durationMilliseconds: 5))
        try await run.move()
        #expect(log.lines.contains { $0.contains("ledger.orphan") })
        let sums = try await world.sums()
        #expect(sums.statuses == ["completed": 4])
        #expect(sums.attempts == 4 && sums.hours.requests == 4)
        #expect(run.ledger.lag.records == 0)
    }

    @Test("Rows, hourly sums and what was told to the ledger agree, in whatever order requests run and batches fall", arguments: 1...25)
    func interleavings(seed: Int) async throws {
        let world = try await LedgerWorld()
        var random = SeededRandom(seed: UInt64(seed))
        var run = try await world.start()
        var told = UsageFigures()
        var open: [(entry: LedgerEntry, attempts: Int)] = []
        for _ in 0..<400 {
            world.clock.advance(by: .seconds(Int.random(in: 0...900, using: &random)))
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<4:
                let opening = world.opening(
                    ["sonnet", "haiku", "mystery"].randomElement(using: &random) ?? "",
                    by: Bool.random(using: &random) ? world.ada : world.bo)
                open.append((try run.ledger.openRequest(opening), 0))
            case 4..<6:
                guard let index = open.indices.randomElement(using: &random), open[index].attempts < 3 else { continue }
                open[index].attempts += 1
                told.attempts += 1
                let node = Bool.random(using: &random) ? world.north : world.south
                try open[index].entry.openAttempt(AttemptOpening(number: open[index].attempts, node: node, mappedModel: "sonnet"))
                guard Bool.random(using: &random) else { continue }
                told.nodeFaults += 1
                open[index].entry.endAttempt(
                    AttemptEnding(
                        number: open[index].attempts, certainty: .rejected, outcome: "status_500", httpStatus: 500, milliseconds: 5,
                        isNodeFault: true))
            case 6..<9:
                guard let index = open.indices.randomElement(using: &random) else { continue }
                let closing = Self.closing(&random, node: world.north)
                let gone = open.remove(at: index)
                gone.entry.close(closing)
                told += Self.figures(of: closing)
            default:
                try await run.move()
                guard Int.random(in: 0..<4, using: &random) == 0 else { continue }
                // The process is replaced: what is open is interrupted.
                let old = open
                open = []
                run = try await world.start()
                try await run.move()
                told.requests += Int64(old.count)
                told.failures += Int64(old.count)
                withExtendedLifetime(old) {}
            }
        }
        let left = open
        open = []
        run = try await world.start()
        try await run.move()
        told.requests += Int64(left.count)
        told.failures += Int64(left.count)
        let sums = try await world.sums()
        #expect(sums.hours.cost == sums.rows.cost && sums.hours.unpriced == sums.rows.unpriced)
        told.cost = sums.rows.cost
        told.unpriced = sums.rows.unpriced
        #expect(sums.hours == told)
        var rows = sums.rows
        (rows.attempts, rows.nodeFaults) = (told.attempts, told.nodeFaults)
        #expect(rows == told)
        #expect(sums.attempts == told.attempts)
        #expect(sums.statuses["open"] == nil)
        withExtendedLifetime(left) {}
    }

    private static func closing(_ random: inout SeededRandom, node: NodeID) -> RequestClosing {
        let status = [RequestStatus.completed, .completed, .failed, .cancelled].randomElement(using: &random) ?? .failed
        let usage = PricedTokens(
            input: .random(in: 0...9_000, using: &random), cacheRead: .random(in: 0...9_000, using: &random),
            cacheWrite5m: .random(in: 0...9_000, using: &random), cacheWrite1h: .random(in: 0...90, using: &random),
            output: .random(in: 0...9_000, using: &random))
        return RequestClosing(
            status: status, httpStatus: 200, attempts: 0, durationMilliseconds: 5, usage: Bool.random(using: &random) ? usage : nil,
            node: Bool.random(using: &random) ? node : nil)
    }

    private static func figures(of closing: RequestClosing) -> UsageFigures {
        var figures = UsageFigures()
        figures.requests = 1
        figures.failures = closing.status == .failed ? 1 : 0
        figures.cancelled = closing.status == .cancelled ? 1 : 0
        if let usage = closing.usage { figures.add(usage) }
        return figures
    }
}

/// A database whose next writes fail as on a full disk.
final class FlakyDatabase: Database {
    private let database: any HouseDatabase
    private let failures = Mutex(0)

    init(_ database: any HouseDatabase) {
        self.database = database
    }

    func fails(_ count: Int) {
        failures.withLock { $0 = count }
    }

    func read<Value: Sendable>(_ body: @escaping @Sendable (any SQLConnection) throws -> Value) async throws -> Value {
        try await database.read(body)
    }

    func write<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value, committed: (@Sendable (Value) -> Void)?
    ) async throws -> Value {
        let fails = failures.withLock { left in
            defer { left = max(0, left - 1) }
            return left > 0
        }
        guard fails else { return try await database.write(body, committed: committed) }
        // After the work, before the commit: what a full disk does.
        return try await database.write { connection in
            _ = try body(connection)
            throw StorageError.engine(code: 13, message: "database or disk is full")
        }
    }
}
