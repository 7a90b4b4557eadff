import Supervision
import Testing

@Suite("Signs of life")
struct VitalWatchTests {
    /// Looks each quarter of a second from `from` on, as the supervisor does.
    private func look(_ watch: inout VitalWatch, from: Int64, to: Int64, lastBeat: Int64) -> [VitalWatch.Finding] {
        stride(from: from, through: to, by: 250).flatMap {
            watch.look(at: [VitalSign(name: "loop", lastBeat: lastBeat, thread: 7)], now: $0)
        }
    }

    @Test("that are late by two seconds are said once, within five seconds they end the worker")
    func late() {
        var watch = VitalWatch()
        let findings = look(&watch, from: 1_000, to: 5_500, lastBeat: 1_000)
        let sign = VitalSign(name: "loop", lastBeat: 1_000, thread: 7)
        #expect(findings == [.late(sign, milliseconds: 2_000), .hung(sign, milliseconds: 4_500)])
    }

    @Test("that come again are late anew the next time")
    func again() {
        var watch = VitalWatch()
        _ = look(&watch, from: 1_000, to: 3_500, lastBeat: 1_000)
        let did1 = look(&watch, from: 4_000, to: 4_500, lastBeat: 4_000)
        #expect(did1.isEmpty)
        let did2 = look(&watch, from: 5_000, to: 6_500, lastBeat: 4_000)
        #expect(did2.count == 1)
    }

    @Test("are nobody's fault when the machine stood still: the time before it woke is not counted")
    func gap() {
        var watch = VitalWatch()
        let did3 = look(&watch, from: 1_000, to: 1_500, lastBeat: 1_000)
        #expect(did3.isEmpty)
        // An hour of sleep.
        let did4 = look(&watch, from: 3_600_000, to: 3_601_500, lastBeat: 1_000)
        #expect(did4.isEmpty)
        let did5 = look(&watch, from: 3_602_000, to: 3_604_500, lastBeat: 1_000)
        #expect(did5.count == 2)
    }

    @Test("that never began are not missed")
    func never() {
        var watch = VitalWatch()
        let did6 = look(&watch, from: 100_000, to: 120_000, lastBeat: 0)
        #expect(did6.isEmpty)
    }
}
