import Routing
import Testing
import Vocabulary

@Suite("Money that a key's batches hold")
struct KeyHoldTests {
    private let noon = Timestamp(milliseconds: 1_790_000_000_000)

    private func reading(after seconds: Double = 0) -> ClockReading {
        ClockReading(moment: Moment(nanoseconds: UInt64(1 + seconds) * 1_000_000_000), wall: noon + .seconds(seconds))
    }

    @Test("is not there for others until it is released, and counts in its own day only")
    func held() throws {
        var key = KeyLimits(KeyAllowance(moneyPerDay: 100), at: reading())
        #expect(key.hold(60, at: reading()) == nil)
        #expect(key.hold(60, at: reading())?.kind == .budgetDay)
        #expect(throws: LimitRefusal.self) { try key.admit(KeyUse(tokens: 0, nanoDollars: 50), at: reading()).get() }
        key.release(60, madeAt: noon)
        #expect(key.hold(100, at: reading()) == nil && key.spentToday == 0)
        #expect(key.hold(100, at: reading(after: 86_400)) == nil, "another day's money")
        key.release(100, madeAt: noon)
        #expect(key.hold(1, at: reading(after: 86_400)) != nil, "what is held since yesterday is not today's")
    }

    @Test("is held again by the next process, whatever the limits are by then")
    func again() {
        var key = KeyLimits(KeyAllowance(moneyPerDay: 10), at: reading())
        key.hold(again: 50, madeAt: noon)
        key.hold(again: 50, madeAt: noon + .seconds(-86_400 * 40))
        #expect(key.hold(1, at: reading()) != nil)
        key.release(50, madeAt: noon)
        #expect(key.hold(10, at: reading()) == nil)
    }
}
