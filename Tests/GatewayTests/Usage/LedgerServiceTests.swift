import Logging
import Routing
import ServiceLifecycle
import Storage
import TestSupport
import Testing
import Vocabulary

@testable import Gateway

/// The service, as the house runs it.
@Suite struct LedgerServiceTests {
    @Test("The service moves what is written while it runs, and all that is left when it is asked to end")
    func running() async throws {
        let world = try await LedgerWorld(limits: .init(segment: 1 << 20))
        let run = try await world.start()
        let service = LedgerService(run.ledger, database: world.database, pricing: world.prices, historyDays: { 30 }, logger: .silent)
        try await service.recover()
        let group = ServiceGroup(configuration: .init(services: [.init(service: service)], logger: .silent))
        let running = Task { try await group.run() }
        for _ in 0..<100 { try world.completed(run) }
        while run.ledger.lag.records > 0 { try await Task.sleep(for: .milliseconds(5)) }
        #expect(try await world.sums().statuses == ["completed": 100])
        for _ in 0..<700 { try world.completed(run) }
        await group.triggerGracefulShutdown()
        try await running.value
        let sums = try await world.sums()
        #expect(sums.statuses == ["completed": 800])
        #expect(sums.hours.requests == 800 && sums.hours.cost == 800 * 3_600_000)
        #expect(run.ledger.lag == Ledger.Lag())
    }

    @Test("Segments that the database has are deleted, so that the folder stays small")
    func dropped() async throws {
        let world = try await LedgerWorld()
        let run = try await world.start()
        for _ in 0..<40 {
            for _ in 0..<60 { try world.completed(run) }
            try await run.move()
            await run.ledger.journal.sync()
        }
        #expect(run.ledger.journal.end.segment > 10)
        #expect(world.journals.names(in: "ledger").count <= 2)
        #expect(try await world.sums().statuses == ["completed": 2_400])
    }

    @Test("Requests that find no room are told in one line in ten seconds, with their number, the last of them too")
    func full() async throws {
        let world = try await LedgerWorld()
        let log = CapturedLog()
        // Room is kept for each open request: with so many of them open there is none for another.
        let run = try await world.start(logger: log.logger())
        let service = LedgerService(run.ledger, database: world.database, pricing: world.prices, historyDays: { 30 }, logger: .silent)
        var held: [LedgerEntry] = []
        var refused = 0
        while refused < 50 {
            do { held.append(try run.ledger.openRequest(world.opening())) } catch { refused += 1 }
        }
        let told = { log.lines.filter { $0.contains("requests are refused because the ledger can't book them") } }
        #expect(told().count == 1)
        #expect(told().first?.contains("count=1") == true)
        world.clock.advance(by: .milliseconds(9_999))
        service.tell()
        #expect(told().count == 1)
        world.clock.advance(by: .milliseconds(1))
        service.tell()
        service.tell()
        #expect(told().count == 2)
        #expect(told().last?.contains("count=49") == true)
        // A clock that was put back does not silence it.
        world.clock.advance(by: .seconds(-3_600))
        // A file may have been prepared meanwhile: until it is full, too.
        while refused < 51 {
            do { held.append(try run.ledger.openRequest(world.opening())) } catch { refused += 1 }
        }
        #expect(told().count == 3)
        withExtendedLifetime(held) {}
    }
}
