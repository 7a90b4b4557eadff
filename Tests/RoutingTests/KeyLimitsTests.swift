import Routing
import Testing
import TestSupport
import Vocabulary

/// One key, both clocks moved together.
private struct KeyWorld {
    var limits: KeyLimits
    var moment = Moment(nanoseconds: 1_000_000_000_000)
    var wall: Timestamp

    /// Begins at 2026-11-21T08:00:00Z unless told otherwise.
    init(_ allowance: KeyAllowance, spentToday: Int64 = 0, spentThisMonth: Int64 = 0, at wall: Timestamp = ManualClock().now()) {
        self.wall = wall
        let reading = ClockReading(moment: Moment(nanoseconds: 1_000_000_000_000), wall: wall)
        limits = KeyLimits(allowance, spentToday: spentToday, spentThisMonth: spentThisMonth, at: reading)
    }

    var now: ClockReading { ClockReading(moment: moment, wall: wall) }

    mutating func advance(_ duration: Duration) {
        moment = moment + duration
        wall = wall + duration
    }

    mutating func admit(tokens: Int64 = 0, money: Int64 = 0) -> Result<KeyLimits.Reservation, LimitRefusal> {
        limits.admit(KeyUse(tokens: tokens, nanoDollars: money), at: now)
    }

    /// Nil when it is admitted.
    mutating func refusal(tokens: Int64 = 0, money: Int64 = 0) -> LimitRefusal? {
        guard case .failure(let refusal) = admit(tokens: tokens, money: money) else { return nil }
        return refusal
    }

    mutating func settle(_ admitted: Result<KeyLimits.Reservation, LimitRefusal>, tokens: Int64 = 0, money: Int64 = 0) {
        guard case .success(let reservation) = admitted else { return }
        limits.settle(reservation, used: KeyUse(tokens: tokens, nanoDollars: money), at: now)
    }

    mutating func release(_ admitted: Result<KeyLimits.Reservation, LimitRefusal>) {
        guard case .success(let reservation) = admitted else { return }
        limits.settle(reservation, used: nil, at: now)
    }
}

@Suite("What a key may use")
struct KeyLimitsTests {
    @Test("without limits everything is admitted")
    func unlimited() {
        var world = KeyWorld(KeyAllowance())
        for _ in 0..<1_000 { #expect(world.refusal(tokens: .max, money: 1 << 40) == nil) }
        #expect(world.limits.inFlight == 1_000)
    }

    @Test("what an earlier process carries counts until it is booked, and then what it came to")
    func elsewhere() {
        var world = KeyWorld(KeyAllowance(concurrency: 2, moneyPerDay: 100, moneyPerMonth: 1_000), spentToday: 10, spentThisMonth: 10)
        world.limits.change(elsewhere: UseElsewhere(open: 1, reserved: 50, day: 20, month: 20))
        // 10 booked, 20 spent elsewhere, 50 reserved there: 20 are left.
        #expect(world.refusal(money: 21)?.kind == .budgetDay)
        let admitted = world.admit(money: 20)
        #expect(world.refusal()?.kind == .concurrency)
        world.release(admitted)
        world.limits.change(elsewhere: UseElsewhere(open: 0, reserved: 0, day: 35, month: 35))
        #expect(world.refusal(money: 56)?.kind == .budgetDay)
        world.limits.settleElsewhere(day: 35, month: 35, at: world.now)
        #expect(world.limits.elsewhere.isNothing && world.limits.spentToday == 45 && world.limits.spentThisMonth == 45)
        #expect(world.refusal(money: 56)?.kind == .budgetDay && world.refusal(money: 55) == nil)
    }

    @Test("more elsewhere than the limit admits nothing, and numbers at their ends never trap")
    func elsewhereAtTheEnds() {
        var world = KeyWorld(KeyAllowance(concurrency: 2, moneyPerDay: 100))
        world.limits.change(elsewhere: UseElsewhere(open: .max, reserved: .max, day: .max, month: .max))
        #expect(world.refusal()?.kind == .concurrency)
        world.limits.change(elsewhere: UseElsewhere(open: -1, reserved: .max, day: .max, month: -5))
        #expect(world.refusal()?.kind == .budgetDay)
        let both = UseElsewhere(open: .max, reserved: .max) + UseElsewhere(open: 1, reserved: 1)
        #expect(both.open == .max && both.reserved == .max)
        world.limits.settleElsewhere(day: .max, month: .min, at: world.now)
        world.limits.settleElsewhere(day: .max, month: .max, at: world.now)
        #expect(world.limits.spentToday == .max)
    }

    @Test("what is in no book is what was spent less what is booked, and what is reserved")
    func unbooked() {
        var world = KeyWorld(KeyAllowance(moneyPerDay: 1_000), spentToday: 100, spentThisMonth: 300)
        let running = world.admit(money: 50)
        world.settle(world.admit(money: 10), money: 7)
        #expect(world.limits.unbooked(bookedToday: 100, thisMonth: 300) == UseElsewhere(open: 1, reserved: 50, day: 7, month: 7))
        world.settle(running, money: 3)
        #expect(world.limits.unbooked(bookedToday: 110, thisMonth: 310).isNothing)
        // A book that knows more than we do owes us nothing.
        #expect(world.limits.unbooked(bookedToday: .max, thisMonth: .min).day == 0)
    }

    @Test("requests at once: as many as it says, and one more when one ends, once")
    func concurrency() {
        var world = KeyWorld(KeyAllowance(concurrency: 2))
        let first = world.admit()
        #expect(world.refusal() == nil)
        #expect(world.refusal()?.kind == .concurrency)
        world.settle(first)
        world.settle(first)
        #expect(world.limits.inFlight == 1)
        #expect(world.refusal() == nil)
        #expect(world.refusal()?.code == "gateway.concurrency")
    }

    @Test("requests a minute: at once, then evenly; what is told to wait for is enough, and not too much")
    func requests() throws {
        var world = KeyWorld(KeyAllowance(requestsPerMinute: 60))
        for _ in 0..<60 { #expect(world.refusal() == nil) }
        let refusal = try #require({ world.refusal() }())
        #expect(refusal.kind == .requestsPerMinute && refusal.retryAfter == .seconds(1))
        world.advance(.milliseconds(999))
        #expect(world.refusal() != nil)
        world.advance(.milliseconds(1))
        #expect(world.refusal() == nil)
        #expect(world.refusal() != nil)
        world.advance(.seconds(3_600))
        for _ in 0..<60 { #expect(world.refusal() == nil) }
        #expect(world.refusal() != nil)
    }

    @Test("fractions of a millisecond are not lost: a clock read very often fills as fast")
    func fractions() {
        var world = KeyWorld(KeyAllowance(requestsPerMinute: 6_000))
        var admitted = 0
        for _ in 0..<30_000 {
            if world.refusal() == nil { admitted += 1 }
            world.moment = world.moment + .microseconds(300)
        }
        // 9 s at 100 a second, and the full bucket at the start.
        #expect((6_898...6_902).contains(admitted))
    }

    @Test("tokens a minute are reserved by estimate and corrected by use, both ways")
    func tokens() throws {
        var world = KeyWorld(KeyAllowance(tokensPerMinute: 6_000))
        let small = world.admit(tokens: 5_000)
        #expect(world.refusal(tokens: 2_000)?.retryAfter == .seconds(10))
        world.settle(small, tokens: 1_000)
        let large = world.admit(tokens: 5_000)
        #expect(world.refusal(tokens: 1) != nil)
        world.settle(large, tokens: 11_000)
        // 6,000 in debt.
        #expect(try #require({ world.refusal(tokens: 100) }()).retryAfter == .seconds(61))
        world.advance(.seconds(61))
        #expect(world.refusal(tokens: 100) == nil)
    }

    @Test("what costs more than a minute's worth is admitted when the bucket is full, and paid for afterwards")
    func larger() {
        var world = KeyWorld(KeyAllowance(tokensPerMinute: 1_000))
        #expect(world.refusal(tokens: 5_000) == nil)
        #expect(world.refusal(tokens: 1)?.retryAfter == .milliseconds(240_060))
        world.advance(.seconds(241))
        #expect(world.refusal(tokens: 1) == nil)
    }

    @Test("an absurd estimate closes a key for ten minutes, not for years, and overflows nothing", arguments: [1, 1_000, .max] as [Int64])
    func absurd(_ limit: Int64) {
        var world = KeyWorld(KeyAllowance(requestsPerMinute: .max, tokensPerMinute: limit, moneyPerDay: .max, moneyPerMonth: .max))
        let admitted = world.admit(tokens: .max, money: .max - 1)
        world.settle(admitted, tokens: .max, money: .max)
        world.settle(world.admit(), money: .max)
        world.advance(.seconds(661))
        if case .failure(let refusal) = world.admit(tokens: 1) { #expect(refusal.isMoney) }
        #expect(KeyUse(tokens: -5, nanoDollars: .min) == KeyUse(tokens: 0, nanoDollars: 0))
    }

    @Test("a request that went nowhere gives its tokens and its money back, but was one")
    func released() {
        var world = KeyWorld(KeyAllowance(requestsPerMinute: 2, tokensPerMinute: 100, moneyPerDay: 100))
        let first = world.admit(tokens: 100, money: 100)
        world.release(first)
        #expect(world.limits.spentToday == 0)
        #expect(world.refusal(tokens: 100, money: 100) == nil)
        #expect(world.refusal()?.kind == .requestsPerMinute)
    }

    @Test("a refused request takes nothing at all")
    func takesNothing() {
        var world = KeyWorld(KeyAllowance(requestsPerMinute: 2, tokensPerMinute: 100, moneyPerDay: 10))
        for _ in 0..<50 { #expect(world.refusal(tokens: 50, money: 11)?.kind == .budgetDay) }
        for _ in 0..<2 { #expect(world.refusal(tokens: 50, money: 5) == nil) }
    }

    @Test("the order of the refusals is that of docs/gateway.md §3")
    func order() {
        var allowance = KeyAllowance(requestsPerMinute: 0, tokensPerMinute: 0, concurrency: 0, moneyPerDay: 0, moneyPerMonth: 0)
        var kinds: [LimitRefusal.Kind] = []
        let lift: [(inout KeyAllowance) -> Void] = [
            { $0.concurrency = nil }, { $0.requestsPerMinute = nil }, { $0.tokensPerMinute = nil }, { $0.moneyPerMonth = nil },
            { $0.moneyPerDay = nil },
        ]
        for lift in lift {
            var world = KeyWorld(allowance)
            if let refusal = world.refusal(tokens: 1, money: 1) { kinds.append(refusal.kind) }
            lift(&allowance)
        }
        #expect(kinds == [.concurrency, .requestsPerMinute, .tokensPerMinute, .budgetMonth, .budgetDay])
    }

    // MARK: Money

    @Test("money is a hard stop: what is reserved counts as spent until it is settled")
    func money() {
        var world = KeyWorld(KeyAllowance(moneyPerDay: 100), spentToday: 40)
        let first = world.admit(money: 30)
        #expect(world.refusal(money: 31)?.kind == .budgetDay)
        let second = world.admit(money: 30)
        #expect(world.refusal(money: 0)?.kind == .budgetDay)
        world.settle(first, money: 10)
        #expect(world.limits.spentToday == 50)
        #expect(world.refusal(money: 21)?.kind == .budgetDay)
        world.settle(second, money: 45)
        #expect(world.limits.spentToday == 95)
        #expect(world.refusal(money: 6)?.kind == .budgetDay)
        #expect(world.refusal(money: 5) == nil)
    }

    @Test("the day begins anew at midnight UTC, and the refusal says when that is")
    func day() throws {
        var world = KeyWorld(KeyAllowance(moneyPerDay: 100), spentToday: 100)
        let refusal = try #require({ world.refusal(money: 1) }())
        // 2026-11-22T00:00:00Z
        #expect(refusal.resetsAt == Timestamp(milliseconds: 1_795_305_600_000))
        #expect(refusal.retryAfter == .seconds(16 * 3_600) && refusal.isMoney)
        world.advance(refusal.retryAfter - .milliseconds(1))
        #expect(world.refusal(money: 1) != nil)
        world.advance(.milliseconds(1))
        #expect(world.refusal(money: 100) == nil)
    }

    @Test(
        "the month begins anew on the first, in every month and leap year",
        arguments: [
            ("2026-01-31T23:59:59.999Z", 1_769_903_999_999, 1_769_904_000_000), ("2026-12-31", 1_798_675_200_000, 1_798_761_600_000),
            ("2024-02-29", 1_709_164_800_000, 1_709_251_200_000), ("2023-02-28", 1_677_542_400_000, 1_677_628_800_000),
            ("2000-02-29", 951_782_400_000, 951_868_800_000), ("2100-02-28", 4_107_456_000_000, 4_107_542_400_000),
            ("1970-01-01", 0, 2_678_400_000), ("1969-12-31", -1, 0), ("2026-07-01", 1_782_864_000_000, 1_785_542_400_000),
        ] as [(String, Int64, Int64)])
    func month(_ name: String, at time: Int64, next: Int64) throws {
        var world = KeyWorld(KeyAllowance(moneyPerMonth: 10), spentThisMonth: 10, at: Timestamp(milliseconds: time))
        let refusal = try #require({ world.refusal(money: 1) }())
        #expect(refusal.kind == .budgetMonth && refusal.resetsAt == Timestamp(milliseconds: next))
        world.advance(.milliseconds(next - time - 1))
        #expect(world.refusal(money: 1) != nil)
        world.advance(.milliseconds(1))
        #expect(world.refusal(money: 10) == nil)
    }

    @Test("what was admitted before midnight belongs to the day before, as in the ledger")
    func overMidnight() {
        var world = KeyWorld(KeyAllowance(moneyPerDay: 100, moneyPerMonth: 1_000))
        let late = world.admit(money: 80)
        world.advance(.seconds(16 * 3_600))
        #expect(world.refusal(money: 100) == nil)
        world.settle(late, money: 90)
        #expect(world.limits.spentToday == 0)
        #expect(world.limits.spentThisMonth == 90)
    }

    @Test("a wall clock that goes back brings no old day, and no money, back; one that jumps ahead keeps the minute's limits")
    func clockJumps() {
        var world = KeyWorld(KeyAllowance(requestsPerMinute: 10, moneyPerDay: 100), spentToday: 100)
        world.wall = world.wall - .seconds(10 * 86_400)
        #expect(world.refusal(money: 1)?.kind == .budgetDay)
        world.wall = world.wall + .seconds(20 * 86_400)
        for _ in 0..<10 { #expect(world.refusal(money: 1) == nil) }
        world.wall = world.wall + .seconds(3_600)
        #expect(world.refusal(money: 1)?.kind == .requestsPerMinute)
    }

    @Test("changed limits hold at once, and what was used stays used")
    func changed() {
        var world = KeyWorld(KeyAllowance(requestsPerMinute: 10, moneyPerDay: 100), spentToday: 60)
        for _ in 0..<8 { #expect(world.refusal(money: 1) == nil) }
        world.limits.change(to: KeyAllowance(requestsPerMinute: 9, moneyPerDay: 100), at: world.now)
        #expect(world.refusal(money: 1) == nil)
        #expect(world.refusal(money: 1)?.kind == .requestsPerMinute)
        world.limits.change(to: KeyAllowance(moneyPerDay: 70), at: world.now)
        #expect(world.refusal(money: 2)?.kind == .budgetDay)
        #expect(world.refusal(money: 1) == nil)
    }

    @Test("reservations of ten thousand random requests leave nothing behind")
    func simulation() {
        var random = SeededRandom(seed: 11)
        var world = KeyWorld(KeyAllowance(tokensPerMinute: 1_000_000, concurrency: 20, moneyPerDay: 1_000_000, moneyPerMonth: 100_000_000))
        var open: [KeyLimits.Reservation] = []
        var spent: Int64 = 0
        for _ in 0..<10_000 {
            if Bool.random(using: &random), let index = open.indices.randomElement(using: &random) {
                let reservation = open.remove(at: index)
                let used = Int64.random(in: 0...reservation.estimate.nanoDollars, using: &random)
                world.limits.settle(reservation, used: KeyUse(tokens: used, nanoDollars: used), at: world.now)
                spent += used
            } else if case .success(let reservation) = world.admit(tokens: 100, money: Int64.random(in: 0...20_000, using: &random)) {
                open.append(reservation)
            }
            world.advance(.seconds(10))
            #expect(world.limits.inFlight == open.count && open.count <= 20)
            #expect(world.limits.spentToday <= 1_000_000 && world.limits.spentThisMonth == spent)
        }
        #expect(spent > 1_000_000)
    }
}
