import Routing
import Testing
import TestSupport
import Vocabulary

@Suite("Moments and readings")
struct MomentTests {
    @Test("a moment stops at both ends instead of overflowing")
    func ends() {
        let (first, last) = (Moment(nanoseconds: 0), Moment(nanoseconds: .max))
        #expect(last + .seconds(Int64.max) == last)
        #expect(first + .seconds(Int64.min) == first)
        #expect(first + .nanoseconds(-1) == first)
        #expect(last + .nanoseconds(-1) == Moment(nanoseconds: .max - 1))
        #expect(first + .seconds(2) == Moment(nanoseconds: 2_000_000_000))
        #expect(first.remaining(until: last) == .nanoseconds(Int64.max))
        #expect(last.remaining(until: first) == .zero)
    }

    @Test("retry-after is rounded up to whole seconds", arguments: [(0, 0), (1, 1), (999, 1), (1_000, 1), (1_001, 2), (60_000, 60)])
    func seconds(_ milliseconds: Int, seconds: Int64) {
        #expect(Duration.milliseconds(milliseconds).wholeSecondsRoundedUp == seconds)
    }

    @Test("a moment becomes wall time and comes back, and no later than it may")
    func readings() {
        let now = ClockReading(moment: Moment(nanoseconds: 10_000_000_000), wall: Timestamp(milliseconds: 1_000_000))
        let later = now.moment + .seconds(7)
        #expect(now.wall(of: later) == Timestamp(milliseconds: 1_007_000))
        #expect(now.moment(of: now.wall(of: later), within: .seconds(60)) == later)
        #expect(now.moment(of: now.wall(of: later), within: .seconds(3)) == now.moment + .seconds(3))
        #expect(now.wall(of: Moment(nanoseconds: 0)) == Timestamp(milliseconds: 990_000))
        #expect(now.moment(of: Timestamp(milliseconds: 5), within: .seconds(60)) == now.moment)
        #expect(now.moment(of: Timestamp(milliseconds: .max), within: .seconds(60)) == now.moment + .seconds(60))
        let past = ClockReading(moment: now.moment, wall: Timestamp(milliseconds: .min))
        #expect(past.moment(of: Timestamp(milliseconds: .max), within: .seconds(60)) == now.moment + .seconds(60))
    }

    @Test("quick randomness differs from run to run and uses every bit")
    func random() {
        var (first, second) = (QuickRandom(), QuickRandom())
        var (ones, zeros) = (UInt64.min, UInt64.max)
        for _ in 0..<200 {
            let number = first.next()
            #expect(number != second.next())
            ones |= number
            zeros &= number
        }
        #expect(ones == .max && zeros == 0)
    }
}
