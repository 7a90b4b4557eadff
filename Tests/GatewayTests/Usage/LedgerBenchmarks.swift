import Foundation
import Routing
import TestSupport
import Testing
import Vocabulary

@testable import Gateway

/// What booking costs. Runs only when asked to (`SWITCHBOARD_BENCH=1`); the figures mean something in a release build.
@Suite(.serialized, .enabled(if: ProcessInfo.processInfo.environment["SWITCHBOARD_BENCH"] != nil))
struct LedgerBenchmarks {
    @Test("Appends: the four records of a request")
    func appends() async throws {
        let world = try await LedgerWorld(limits: .init(segment: 16 << 20, segments: 200))
        let run = try await world.start()
        let openings = (0..<50_000).map { _ in world.opening("claude-sonnet-5-5") }
        await run.ledger.journal.sync()
        let (cpu, start) = (Self.threadTime(), ContinuousClock.now)
        for opening in openings { try world.completed(run, opening) }
        let (used, time) = (Self.threadTime() - cpu, ContinuousClock.now - start)
        print("appends: \(Self.text(used / 50_000)) µs CPU per request, \(Int(200_000 / Self.seconds(time))) records/s")
    }

    @Test("The database part: requests that begin and end within a batch, and such that are stored open first")
    func moving() async throws {
        for isOpenFirst in [false, true] {
            let world = try await LedgerWorld(limits: .init(segment: 16 << 20, segments: 200))
            let run = try await world.start()
            try await run.move()
            let count = 20_000
            var cpu = 0.0
            var time = Duration.zero
            for _ in 0..<(count / 1_000) {
                try await Self.fill(world, run, isOpenFirst: isOpenFirst)
                let (before, start) = (Self.processTime(), ContinuousClock.now)
                try await run.move()
                cpu += Self.processTime() - before
                time += ContinuousClock.now - start
            }
            let rate = Int(Double(count) / Self.seconds(time))
            print(
                "database, \(isOpenFirst ? "open first" : "in one batch"): \(Self.text(cpu / Double(count))) µs CPU per request, \(rate) requests/s"
            )
            #expect(try await world.sums().statuses["completed"] == Int64(count))
        }
    }

    /// 1,000 requests; with `isOpenFirst` the database has their openings already.
    private static func fill(_ world: LedgerWorld, _ run: LedgerRun, isOpenFirst: Bool) async throws {
        guard isOpenFirst else {
            for number in 0..<1_000 {
                // 5,000 requests a second: ids are in order but for those of one millisecond.
                if number % 5 == 0 { world.clock.advance(by: .milliseconds(1)) }
                try world.completed(run)
            }
            return
        }
        let entries = try (0..<1_000).map { number in
            if number % 5 == 0 { world.clock.advance(by: .milliseconds(1)) }
            return try run.ledger.openRequest(world.opening())
        }
        for entry in entries { try entry.openAttempt(AttemptOpening(number: 1, node: world.north, mappedModel: "sonnet")) }
        try await run.move()
        for entry in entries {
            entry.endAttempt(AttemptEnding(number: 1, certainty: .completed, outcome: "completed", httpStatus: 200, milliseconds: 900))
            entry.close(
                RequestClosing(
                    status: .completed, httpStatus: 200, attempts: 1, firstByteMilliseconds: 120, durationMilliseconds: 910,
                    usage: PricedTokens(input: 1_000, output: 200), node: world.north))
        }
    }

    private static func threadTime() -> Double { microseconds(CLOCK_THREAD_CPUTIME_ID) }
    private static func processTime() -> Double { microseconds(CLOCK_PROCESS_CPUTIME_ID) }

    private static func microseconds(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1e3
    }

    private static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }

    private static func text(_ value: Double) -> String { String(format: "%.2f", value) }
}
