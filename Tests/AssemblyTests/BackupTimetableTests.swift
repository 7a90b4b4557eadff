import Assembly
import Testing
import Vocabulary

@Suite("When the next backup is due")
struct BackupTimetableTests {
    private let hourly = BackupTimetable(every: .seconds(3_600))
    private let now = Timestamp(milliseconds: 1_795_248_000_000)

    @Test("an hour after the last one, spread by a tenth to each side", arguments: [(0.0, 3_240), (0.5, 3_600), (1.0, 3_960)])
    func due(_ chance: Double, _ seconds: Int64) {
        #expect(hourly.wait(after: now, failures: 0, now: now, chance: chance) == .seconds(seconds))
        let half = hourly.wait(after: now - .seconds(1_800), failures: 0, now: now, chance: chance)
        #expect(half == .seconds(seconds - 1_800))
    }

    @Test("one that is overdue, or the first, waits until a start is over", arguments: [(0.0, 30), (1.0, 60)])
    func overdue(_ chance: Double, _ seconds: Int64) {
        for last in [nil, Timestamp(milliseconds: 0), now - .seconds(7_200)] {
            #expect(hourly.wait(after: last, failures: 0, now: now, chance: chance) == .seconds(seconds))
        }
    }

    @Test("after failures it is tried again soon, then less often, never less than by the timetable")
    func failures() {
        let waits = (1...20).map { hourly.wait(after: now, failures: $0, now: now, chance: 1) }
        #expect(waits.first == .seconds(120) && waits[1] == .seconds(240))
        #expect(waits == waits.sorted() && waits.last == .seconds(3_600))
    }

    @Test("a clock that was set back makes no wait longer than one period and its spread")
    func clockSetBack() {
        let wait = hourly.wait(after: now + .seconds(86_400), failures: 0, now: now, chance: 1)
        #expect(wait <= .seconds(3_960))
    }
}
