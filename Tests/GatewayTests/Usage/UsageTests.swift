import Routing
import Storage
import TestSupport
import Testing
import Vocabulary

@testable import Gateway

/// The questions that people ask of the ledger.
@Suite struct UsageTests {
    @Test("Requests come newest first, page by page, each once, and only those that the filter means")
    func pages() async throws {
        let world = try await LedgerWorld()
        let run = try await world.start()
        var ids: [ULID] = []
        for number in 0..<25 {
            world.clock.advance(by: .seconds(60))
            ids.append(
                try world.completed(
                    run, world.opening(number % 2 == 0 ? "sonnet" : "haiku", by: number % 5 == 0 ? world.bo : world.ada),
                    node: number % 3 == 0 ? world.south : world.north))
        }
        try world.completed(run, world.opening(in: world.anvil))
        try await run.move()
        let all = { (filter: RequestFilter) async throws -> [ULID] in
            var found: [ULID] = []
            var cursor: Cursor?
            repeat {
                let page = try await world.usage.requests(filter, after: cursor, limit: 4, in: world.lantern)
                found += page.items.map(\.id)
                cursor = page.next.flatMap { Cursor(text: $0.text) }
            } while cursor != nil
            return found
        }
        let newest = Array(ids.reversed())
        #expect(try await all(RequestFilter()) == newest)
        #expect(try await all(RequestFilter(key: world.bo)) == newest.filter { ids.firstIndex(of: $0)! % 5 == 0 })
        #expect(try await all(RequestFilter(node: world.south)) == newest.filter { ids.firstIndex(of: $0)! % 3 == 0 })
        #expect(try await all(RequestFilter(model: "haiku")) == newest.filter { ids.firstIndex(of: $0)! % 2 == 1 })
        #expect(try await all(RequestFilter(status: .failed)).isEmpty)
        #expect(try await all(RequestFilter(key: world.bo, model: "sonnet", status: .completed)).count == 3)
        #expect(try await all(RequestFilter(from: ids[10].time, to: ids[13].time)) == [ids[12], ids[11], ids[10]])
        await #expect(throws: GatewayError.cursorInvalid) {
            _ = try await world.usage.requests(RequestFilter(), after: Cursor(["'; DROP TABLE"]), limit: 5, in: world.lantern)
        }
    }

    @Test(
        "No list scans a table or sorts: every filter finds the spans that have it, and these their rows",
        .enabled(if: TemporaryDatabase.Engine.chosen == .file, "reads SQLite's plan of the query"), arguments: 0..<9)
    func indexes(number: Int) async throws {
        let world = try await LedgerWorld()
        let filters = [
            RequestFilter(), RequestFilter(key: world.ada), RequestFilter(node: world.north), RequestFilter(model: "m"),
            RequestFilter(status: .failed), RequestFilter(from: world.clock.now(), to: world.clock.now()),
            RequestFilter(key: world.ada, node: world.north, model: "m", status: .completed), RequestFilter(status: .open),
            RequestFilter(id: .make(at: world.clock.now())),
        ]
        let query = RequestQuery(filters[number], before: ULID.first(at: world.clock.now()), workspace: world.lantern)
        let plan = try await world.database.read { connection in
            try query.plan(on: connection)
        }
        switch number {
        case 7: #expect(plan.contains("SEARCH r USING INDEX gateway_request_open (workspace_id=?"), "\(plan)")
        case 8: #expect(plan.contains("SEARCH r USING INDEX sqlite_autoindex_gateway_request_1 (id=?)"), "\(plan)")
        default:
            #expect(plan.contains("SEARCH s USING PRIMARY KEY (workspace_id=? AND facet=? AND value=?"), "\(plan)")
            #expect(plan.contains("SEARCH r USING INDEX sqlite_autoindex_gateway_request_1 (id>? AND id<?)"), "\(plan)")
        }
        #expect(!plan.contains("SCAN"), "\(plan)")
        // Of one row any order will do.
        #expect(!plan.contains("TEMP B-TREE") || number == 8, "\(plan)")
    }

    @Test("Another workspace's request is not there")
    func foreign() async throws {
        let world = try await LedgerWorld()
        let run = try await world.start()
        let id = try world.completed(run)
        try await run.move()
        await #expect(throws: GatewayError.requestNotFound) { _ = try await world.usage.request(id, in: world.anvil) }
        #expect(try await world.usage.requests(RequestFilter(key: world.ada), after: nil, limit: 9, in: world.anvil).items.isEmpty)
        let period = UsagePeriod(from: world.clock.now(), to: world.clock.now() + .seconds(1))
        for grouping in UsageGrouping.allCases {
            #expect(try await world.usage.report(by: grouping, of: period, in: world.anvil).total == UsageFigures())
        }
        #expect(try await world.usage.useByKey(in: world.anvil, now: world.clock.now()).isEmpty)
        #expect(try await world.usage.todayByNode(in: world.anvil, now: world.clock.now()).isEmpty)
        #expect(try await world.usage.rerate(from: .init(milliseconds: 0), to: period.to, apply: true, in: world.anvil).requests == 0)
    }

    @Test("A period without any use has its days, zeros and no error")
    func empty() async throws {
        let world = try await LedgerWorld()
        let now = world.clock.now()
        let report = try await world.usage.report(by: .day, of: UsagePeriod(from: now - .seconds(3 * 86_400), to: now), in: world.lantern)
        #expect(report.items.map(\.name) == ["2026-11-18", "2026-11-19", "2026-11-20", "2026-11-21"])
        #expect(report.items.allSatisfy { $0.figures == UsageFigures() })
        #expect(report.total == UsageFigures() && report.unpricedModels.isEmpty)
        for grouping in [UsageGrouping.model, .key, .node] {
            #expect(try await world.usage.report(by: grouping, of: UsagePeriod(from: now, to: now), in: world.lantern).items.isEmpty)
        }
        #expect(
            try await world.usage.report(by: .hour, of: UsagePeriod(from: now, to: now - .seconds(9_000)), in: world.lantern).items.isEmpty)
        #expect(try await world.usage.spendAtStart(now: now).isEmpty)
        #expect(try await world.usage.rerate(from: now, to: now, apply: true, in: world.lantern) == RerateReport())
        let far = UsagePeriod(from: Timestamp(milliseconds: .min / 2), to: Timestamp(milliseconds: .max / 2), zone: 99_999)
        #expect(try await world.usage.report(by: .day, of: far, in: world.lantern).items.isEmpty)
    }

    @Test("A day is the sum of its 24 hours, in every zone", arguments: [0, 480, -300, 330, 765, -720])
    func zones(zone: Int) async throws {
        let world = try await LedgerWorld()
        let run = try await world.start()
        var random = SeededRandom(seed: 7)
        let start = world.clock.now()
        for _ in 0..<150 {
            world.clock.advance(by: .seconds(Int.random(in: 0...2_400, using: &random)))
            try world.completed(run, usage: PricedTokens(input: .random(in: 0...500, using: &random)))
        }
        try await run.move()
        let period = UsagePeriod(from: start, to: world.clock.now() + .seconds(1), zone: zone)
        let days = try await world.usage.report(by: .day, of: period, in: world.lantern)
        let hours = try await world.usage.report(by: .hour, of: period, in: world.lantern)
        var sums: [String: UsageFigures] = [:]
        for hour in hours.items { sums[String(hour.name.prefix(10)), default: UsageFigures()] += hour.figures }
        #expect(days.items.map(\.name) == sums.keys.sorted())
        for day in days.items { #expect(day.figures == sums[day.name]) }
        var total = UsageFigures()
        for day in days.items { total += day.figures }
        #expect(total == days.total)
        #expect(total.requests == 150)
        #expect(days.items.count >= 2)
    }

    @Test("What came in at 23:30 in Shanghai is of that day there, and of the same day in UTC eight hours behind")
    func shanghai() async throws {
        let world = try await LedgerWorld()
        let run = try await world.start()
        // 2026-11-21 23:30 in Shanghai, then an hour later.
        world.clock.advance(by: .milliseconds(1_795_275_000_000 - world.clock.now().milliseconds))
        let first = world.clock.now()
        #expect(first.rfc3339 == "2026-11-21T15:30:00.000Z")
        try world.completed(run)
        world.clock.advance(by: .seconds(3_600))
        try world.completed(run)
        try world.completed(run)
        try await run.move()
        let local = try await world.usage.report(
            by: .day, of: UsagePeriod(from: first, to: world.clock.now() + .seconds(1), zone: 480), in: world.lantern)
        #expect(local.items.map(\.name) == ["2026-11-21", "2026-11-22"])
        #expect(local.items.map(\.figures.requests) == [1, 2])
        let utc = try await world.usage.report(
            by: .day, of: UsagePeriod(from: first, to: world.clock.now() + .seconds(1)), in: world.lantern)
        #expect(utc.items.map(\.figures.requests) == [3])
        let hours = try await world.usage.report(
            by: .hour, of: UsagePeriod(from: first, to: world.clock.now() + .seconds(1), zone: 480), in: world.lantern)
        #expect(hours.items.map(\.name) == ["2026-11-21T23:00", "2026-11-22T00:00"])
    }

    @Test(
        "What a key has spent today and this month, by the UTC calendar",
        arguments: ["2026-03-01", "2026-12-01", "2028-02-29", "2026-11-21"])
    func spending(day: String) async throws {
        let world = try await LedgerWorld()
        let run = try await world.start()
        let noon = Timestamp(milliseconds: Self.midnight(day).milliseconds + 43_200_000)
        for (key, time) in [
            (world.ada, noon), (world.ada, noon.startOfUTCDay), (world.bo, noon.startOfUTCDay - .milliseconds(1)),
            (world.bo, noon.startOfUTCMonth),
            (world.ada, noon.startOfUTCMonth - .milliseconds(1)),
        ] { try world.completed(run, world.opening(by: key, at: time), usage: PricedTokens(input: 1_000)) }
        try await run.move()
        #expect(noon.startOfUTCMonth.rfc3339 == "\(day.prefix(7))-01T00:00:00.000Z")
        let spending = try await world.usage.spendAtStart(now: noon)
        #expect(spending[world.ada] == KeySpending(day: 6_000_000, month: 6_000_000))
        // On the first of a month "yesterday" is of another one, and its beginning is today.
        let isFirst = day.hasSuffix("-01")
        #expect(spending[world.bo] == KeySpending(day: isFirst ? 3_000_000 : 0, month: isFirst ? 3_000_000 : 6_000_000))
        let use = try await world.usage.useByKey(in: world.lantern, now: noon)
        #expect(use[world.ada]?.day.requests == 2 && use[world.ada]?.month.cost == 6_000_000)
    }

    @Test("A period is priced anew: first told, then done, then nothing is left to do; rows and hours stay equal")
    func rerating() async throws {
        let world = try await LedgerWorld(limits: .init(segment: 1 << 20))
        let run = try await world.start()
        let from = world.clock.now()
        for number in 0..<450 {
            world.clock.advance(by: .seconds(30))
            try world.completed(run, world.opening(["sonnet", "mystery", "haiku"][number % 3]), usage: PricedTokens(input: 1_000))
        }
        try world.completed(run, usage: nil)
        try await run.move()
        let outside = try world.completed(run, world.opening(at: from - .seconds(7_200)), usage: PricedTokens(input: 1_000))
        try await run.move()
        world.prices.set(2_000_000_000, for: "sonnet")
        world.prices.set(5_000_000_000, for: "mystery")
        world.prices.set(nil, for: "haiku")
        let (to, before) = (world.clock.now() + .seconds(1), try await world.sums())
        let dry = try await world.usage.rerate(from: from, to: to, apply: false, in: world.lantern)
        #expect(dry.requests == 450 && dry.changed == 450)
        #expect(dry.before == 600_000_000 && dry.after == 1_050_000_000)
        #expect(dry.models.map(\.model) == ["mystery", "sonnet", "haiku"])
        #expect(dry.models.map(\.before) == [0, 450_000_000, 150_000_000])
        #expect(dry.models.map(\.after) == [750_000_000, 300_000_000, 0])
        #expect(try await world.sums().hours == before.hours)
        #expect(try await world.usage.rerate(from: from, to: to, apply: true, in: world.lantern) == dry)
        let after = try await world.sums()
        #expect(after.rows.cost == 1_050_000_000 + 3_000_000 && after.rows.unpriced == 150)
        #expect(after.hours.cost == after.rows.cost && after.hours.unpriced == after.rows.unpriced)
        #expect(after.hours.requests == before.hours.requests)
        let again = try await world.usage.rerate(from: from, to: to, apply: true, in: world.lantern)
        #expect(again.changed == 0 && again.before == again.after)
        #expect(try await world.sums().hours == after.hours)
        #expect(try await world.usage.request(outside, in: world.lantern).summary.cost == 3_000_000)
    }

    @Test("Details go after their days, in pieces; what they add up to stays")
    func retention() async throws {
        let world = try await LedgerWorld(limits: .init(segment: 1 << 20))
        let run = try await world.start()
        let old = world.clock.now()
        let held = try run.ledger.openRequest(world.opening())
        for _ in 0..<430 { try world.completed(run) }
        for _ in 0..<30 {
            run.ledger.refuse(
                RequestRefusal(
                    id: .make(at: old), workspace: world.lantern, key: world.ada, operation: "messages", model: "m", httpStatus: 429,
                    code: "c"))
        }
        world.clock.advance(by: .seconds(31 * 86_400))
        for _ in 0..<3 { try world.completed(run) }
        try await run.move()
        let before = try await world.sums()
        let service = LedgerService(run.ledger, database: world.database, pricing: world.prices, historyDays: { 30 }, logger: .silent)
        try await service.forget()
        let after = try await world.sums()
        #expect(after.statuses == ["completed": 3, "open": 1])
        #expect(after.attempts == 3)
        #expect(after.hours == before.hours && after.hours.refused == 30)
        let counts: Int64? = try await world.database.read { try $0.row("SELECT COUNT(*) FROM gateway_refusal")?.get(0) }
        #expect(counts == 0)
        let period = UsagePeriod(from: old, to: old + .seconds(1))
        #expect(try await world.usage.report(by: .model, of: period, in: world.lantern).total.requests == 430)
        withExtendedLifetime(held) {}
    }

    @Test("A table for spreadsheets: RFC 4180, and names that begin as formulas are text")
    func table() async throws {
        let world = try await LedgerWorld()
        let run = try await world.start()
        for (number, model) in ["=HYPERLINK(\"http://x\")", "+1", "-1", "@sum", "\tx", "a,\"b\"\r\nc", "plain"].enumerated() {
            world.prices.set(Int64(1_000_000_000 * (9 - number)), for: model)
            try world.completed(run, world.opening(model), usage: PricedTokens(input: 1_000))
        }
        try await run.move()
        let period = UsagePeriod(from: world.clock.now(), to: world.clock.now() + .seconds(1))
        let table = try await world.usage.report(by: .model, of: period, in: world.lantern).csv
        let rest = ",,1,0,0,0,1000,0,0,0,"
        #expect(
            Array(table.utf8)
                == Array(
                    ("name,id,requests,failures,cancelled,refused,inputTokens,outputTokens,cacheReadTokens,cacheWriteTokens,costNanoDollars,unpriced\r\n"
                        + "\"'=HYPERLINK(\"\"http://x\"\")\"\(rest)9000000,0\r\n'+1\(rest)8000000,0\r\n'-1\(rest)7000000,0\r\n"
                        + "'@sum\(rest)6000000,0\r\n'\tx\(rest)5000000,0\r\n\"a,\"\"b\"\"\r\nc\"\(rest)4000000,0\r\nplain\(rest)3000000,0\r\n")
                        .utf8))
    }

    private static func midnight(_ day: String) -> Timestamp {
        var time = Timestamp(milliseconds: 1_767_225_600_000)  // 2026-01-01
        while time.rfc3339.prefix(10) != day { time = time + .seconds(86_400) }
        return time
    }
}
