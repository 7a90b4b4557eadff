import NIOCore
import Testing

@testable import WebServer

@Suite("A connection's clock")
struct ConnectionClockTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
    private let timeouts = WebServerTimeouts()

    struct Case: Sendable {
        let waiting: @Sendable (NIODeadline) -> ConnectionClock.Waiting
        let seconds: Int64
        let late: ConnectionClock.Verdict
    }

    @Test(
        "is patient up to its limit and not beyond",
        arguments: [
            Case(waiting: { .firstByte(since: $0) }, seconds: 9, late: .answer(.headLate)),
            Case(waiting: { .head(since: $0) }, seconds: 9, late: .answer(.headLate)),
            Case(waiting: { .idle(since: $0) }, seconds: 75, late: .close),
            Case(waiting: { .body(since: $0) }, seconds: 30, late: .answer(.bodyLate)),
            Case(waiting: { .decision(since: $0) }, seconds: 9, late: .answer(.decisionLate)),
            Case(waiting: { .lingering(since: $0) }, seconds: 2, late: .close),
        ])
    func limits(_ one: Case) {
        var clock = ConnectionClock(now: start)
        clock.waiting = one.waiting(start)
        let seen = [TimeAmount.zero, .milliseconds(1)].map {
            clock.verdict(at: start + .seconds(one.seconds) + $0, timeouts: timeouts, isReading: true)
        }
        #expect(seen == [.fine, one.late])
    }

    @Test("never ends our own work")
    func ownWork() {
        var clock = ConnectionClock(now: start)
        clock.waiting = .nothing
        let verdict = clock.verdict(at: start + .hours(1), timeouts: timeouts, isReading: true)
        #expect(verdict == .fine)
    }

    @Test("measures a head from its first byte on a kept connection, but not anew with every byte")
    func firstByte() {
        var clock = ConnectionClock(now: start)
        clock.waiting = .idle(since: start)
        clock.bytesCame(at: start + .seconds(50))
        clock.bytesCame(at: start + .seconds(59))
        let seen = [59, 60].map { clock.verdict(at: start + .seconds($0), timeouts: timeouts, isReading: true) }
        #expect(seen == [.fine, .answer(.headLate)])
    }

    @Test("is idle before a request's first byte, not after it, and measures the first head from accept")
    func idle() {
        var clock = ConnectionClock(now: start)
        #expect(clock.isIdle)
        clock.bytesCame(at: start + .seconds(9))
        #expect(!clock.isIdle && clock.waiting == .head(since: start))
        clock.waiting = .nothing
        #expect(!clock.isIdle)
        clock.waiting = .idle(since: start)
        #expect(clock.isIdle)
    }

    @Test("gives up our own work for who fell silent, unless the answer has begun")
    func silence() {
        var clock = ConnectionClock(now: start)
        clock.waiting = .nothing
        clock.silentSince = start
        let seen = [5, 6].map { clock.verdict(at: start + .seconds($0), timeouts: timeouts, isReading: true) }
        #expect(seen == [.fine, .close])
        clock.silentSince = nil
        let later = clock.verdict(at: start + .hours(1), timeouts: timeouts, isReading: true)
        #expect(later == .fine)
    }

    @Test("does not blame a client whose body we don't read")
    func notReading() {
        var clock = ConnectionClock(now: start)
        clock.waiting = .body(since: start)
        let seen = [(40, false), (41, true), (71, true)].map { second, isReading in
            clock.verdict(at: start + .seconds(second), timeouts: timeouts, isReading: isReading)
        }
        #expect(seen == [.fine, .fine, .answer(.bodyLate)])
    }
}

@Suite("A stalled reader")
struct StallClockTests {
    private func stalls(_ story: [(pending: Int, second: Int64)]) -> [Bool] {
        let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
        var clock = StallClock()
        return story.map { clock.isStalled(pending: $0.pending, at: start + .seconds($0.second), limit: .seconds(30)) }
    }

    @Test("is one whose waiting bytes don't become fewer")
    func stalls() {
        #expect(stalls([(100, 0), (100, 30), (120, 31)]) == [false, false, true])
    }

    @Test("is forgiven by every byte of progress")
    func progress() {
        #expect(stalls([(100, 0), (99, 31), (99, 61), (99, 62)]) == [false, false, false, true])
        #expect(stalls([(100, 0), (0, 31), (5, 100), (5, 130)]) == [false, false, false, false])
    }
}
