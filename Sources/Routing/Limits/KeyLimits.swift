import Vocabulary

/// What one key may use, and what it has used. Nil: no limit.
package struct KeyAllowance: Hashable, Sendable, Codable {
    package var requestsPerMinute: Int64?
    /// Input and output together.
    package var tokensPerMinute: Int64?
    /// Requests at once.
    package var concurrency: Int?
    /// Nano-dollars per UTC day.
    package var moneyPerDay: Int64?
    /// Nano-dollars per UTC month.
    package var moneyPerMonth: Int64?

    package init(
        requestsPerMinute: Int64? = nil, tokensPerMinute: Int64? = nil, concurrency: Int? = nil, moneyPerDay: Int64? = nil,
        moneyPerMonth: Int64? = nil
    ) {
        self.requestsPerMinute = requestsPerMinute
        self.tokensPerMinute = tokensPerMinute
        self.concurrency = concurrency
        self.moneyPerDay = moneyPerDay
        self.moneyPerMonth = moneyPerMonth
    }
}

/// What a request takes: estimated before, known after.
package struct KeyUse: Hashable, Sendable {
    /// Input and output together.
    package let tokens: Int64
    /// Zero where the model has no price.
    package let nanoDollars: Int64

    /// Negative numbers count as zero.
    package init(tokens: Int64, nanoDollars: Int64) {
        self.tokens = max(tokens, 0)
        self.nanoDollars = max(nanoDollars, 0)
    }
}

/// The limits of one key (docs/gateway.md §3): admits by estimate, settles by what was used.
package struct KeyLimits: Hashable, Sendable {
    /// A request that was admitted. Settled once; a second time is nothing.
    package struct Reservation: Hashable, Sendable {
        fileprivate let number: UInt64
        package let estimate: KeyUse
        /// The UTC day and month that it was made in, by number.
        package let day: Int64
        package let month: Int64
    }

    package private(set) var allowance: KeyAllowance
    private var requests: MinuteBucket?
    private var tokens: MinuteBucket?
    var day: SpendingPeriod
    var month: SpendingPeriod
    private var open: Set<UInt64> = []
    private var counter: UInt64 = 0
    /// What other processes use of the same limits.
    package private(set) var elsewhere = UseElsewhere()

    /// - Parameters:
    ///   - spentToday: nano-dollars since the UTC day began, from the ledger.
    ///   - spentThisMonth: likewise for the month.
    package init(_ allowance: KeyAllowance, spentToday: Int64 = 0, spentThisMonth: Int64 = 0, at now: ClockReading) {
        self.allowance = allowance
        requests = allowance.requestsPerMinute.map { MinuteBucket(limit: $0, at: now.moment) }
        tokens = allowance.tokensPerMinute.map { MinuteBucket(limit: $0, at: now.moment) }
        day = SpendingPeriod(number: UTCCalendar.day(of: now.wall), spent: spentToday)
        month = SpendingPeriod(number: UTCCalendar.month(of: now.wall), spent: spentThisMonth)
    }

    /// Requests under way.
    package var inFlight: Int { open.count }
    /// Nano-dollars settled in the running day, and in the running month.
    package var spentToday: Int64 { day.spent }
    package var spentThisMonth: Int64 { month.spent }

    /// What of it is in no book, when the books say that so much was spent.
    /// - Parameters:
    ///   - day: nano-dollars that are booked of today.
    ///   - month: likewise of this month.
    package func unbooked(bookedToday day: Int64, thisMonth month: Int64) -> UseElsewhere {
        let reserved = self.month.reserved
        return UseElsewhere(
            open: open.count, reserved: reserved, day: self.day.spent.subtractingReportingOverflow(day).partialValue,
            month: self.month.spent.subtractingReportingOverflow(month).partialValue)
    }

    /// Other processes use that much now.
    package mutating func change(elsewhere: UseElsewhere) {
        self.elsewhere = elsewhere
    }

    /// Nothing is elsewhere any more: it is booked, and this is what it came to.
    package mutating func settleElsewhere(day: Int64, month: Int64, at now: ClockReading) {
        elsewhere = UseElsewhere()
        turn(at: now)
        self.day.settle(reserved: 0, used: max(day, 0), from: self.day.number)
        self.month.settle(reserved: 0, used: max(month, 0), from: self.month.number)
    }

    /// Other limits from now on; what was used stays used.
    package mutating func change(to allowance: KeyAllowance, at now: ClockReading) {
        self.allowance = allowance
        requests = allowance.requestsPerMinute.map { Self.changed(requests, to: $0, at: now.moment) }
        tokens = allowance.tokensPerMinute.map { Self.changed(tokens, to: $0, at: now.moment) }
    }

    private static func changed(_ bucket: MinuteBucket?, to limit: Int64, at now: Moment) -> MinuteBucket {
        bucket?.changed(to: limit, at: now) ?? MinuteBucket(limit: limit, at: now)
    }

    /// Takes everything, or nothing.
    package mutating func admit(_ estimate: KeyUse, at now: ClockReading) -> Result<Reservation, LimitRefusal> {
        if let refusal = refusal(of: estimate, at: now) { return .failure(refusal) }
        requests?.take(1)
        tokens?.take(estimate.tokens)
        day.reserve(estimate.nanoDollars)
        month.reserve(estimate.nanoDollars)
        counter &+= 1
        open.insert(counter)
        return .success(Reservation(number: counter, estimate: estimate, day: day.number, month: month.number))
    }

    /// As if it had never been admitted: of a limit that several processes share there was not enough.
    package mutating func withdraw(_ reservation: Reservation, at now: ClockReading) {
        settle(reservation, used: nil, at: now)
        requests?.take(-1)
    }

    /// - Parameter used: nil when nothing was sent anywhere: then nothing but the request itself counts.
    package mutating func settle(_ reservation: Reservation, used: KeyUse?, at now: ClockReading) {
        guard open.remove(reservation.number) != nil else { return }
        turn(at: now)
        tokens?.take((used?.tokens ?? 0) - reservation.estimate.tokens)
        let (reserved, money) = (reservation.estimate.nanoDollars, used?.nanoDollars ?? 0)
        day.settle(reserved: reserved, used: money, from: reservation.day)
        month.settle(reserved: reserved, used: money, from: reservation.month)
    }

    /// Money that was spent without a reservation: what a batch's results tell long after it was made.
    package mutating func spend(_ nanoDollars: Int64, at now: ClockReading) {
        turn(at: now)
        day.settle(reserved: 0, used: max(nanoDollars, 0), from: day.number)
        month.settle(reserved: 0, used: max(nanoDollars, 0), from: month.number)
    }

    private mutating func turn(at now: ClockReading) {
        day.turn(to: UTCCalendar.day(of: now.wall))
        month.turn(to: UTCCalendar.month(of: now.wall))
    }

    private mutating func refusal(of estimate: KeyUse, at now: ClockReading) -> LimitRefusal? {
        if let concurrency = allowance.concurrency, open.count >= concurrency - min(elsewhere.open, concurrency) {
            // When one of its requests ends is not known.
            return LimitRefusal(kind: .concurrency, retryAfter: .seconds(1), resetsAt: nil)
        }
        if let wait = requests?.wait(for: 1, at: now.moment) {
            return LimitRefusal(kind: .requestsPerMinute, retryAfter: wait, resetsAt: nil)
        }
        if let wait = tokens?.wait(for: estimate.tokens, at: now.moment) {
            return LimitRefusal(kind: .tokensPerMinute, retryAfter: wait, resetsAt: nil)
        }
        return moneyRefusal(of: estimate.nanoDollars, at: now)
    }

    mutating func moneyRefusal(of amount: Int64, at now: ClockReading) -> LimitRefusal? {
        turn(at: now)
        // The month first: when both are used up, tomorrow does not help.
        if let limit = allowance.moneyPerMonth, !month.hasRoom(for: amount, besides: elsewhere.heldThisMonth, below: limit) {
            return spent(.budgetMonth, until: UTCCalendar.start(ofMonth: month.number + 1), at: now)
        }
        if let limit = allowance.moneyPerDay, !day.hasRoom(for: amount, besides: elsewhere.heldToday, below: limit) {
            return spent(.budgetDay, until: UTCCalendar.start(ofDay: day.number + 1), at: now)
        }
        return nil
    }

    private func spent(_ kind: LimitRefusal.Kind, until reset: Timestamp, at now: ClockReading) -> LimitRefusal {
        LimitRefusal(
            kind: kind, retryAfter: now.moment.remaining(until: now.moment(of: reset, within: .seconds(32 * 86_400))), resetsAt: reset)
    }
}
