package import Vocabulary

// Money that is set aside for longer than a request lasts: a batch runs for a day, and nobody tells of its cost before its results are
// fetched. What is held counts like what running requests have reserved, in the day and the month in which it was set aside.
extension KeyLimits {
    /// - Returns: nil when there is room for it, and it is held now.
    package mutating func hold(_ nanoDollars: Int64, at now: ClockReading) -> LimitRefusal? {
        let amount = max(nanoDollars, 0)
        if let refusal = moneyRefusal(of: amount, at: now) { return refusal }
        day.reserve(amount)
        month.reserve(amount)
        return nil
    }

    /// What an earlier process held is held again, whatever the limits are by now.
    package mutating func hold(again nanoDollars: Int64, madeAt: Timestamp) {
        if UTCCalendar.day(of: madeAt) == day.number { day.reserve(max(nanoDollars, 0)) }
        if UTCCalendar.month(of: madeAt) == month.number { month.reserve(max(nanoDollars, 0)) }
    }

    /// It is held no longer: it was booked, or will never be.
    package mutating func release(_ nanoDollars: Int64, madeAt: Timestamp) {
        day.settle(reserved: max(nanoDollars, 0), used: 0, from: UTCCalendar.day(of: madeAt))
        month.settle(reserved: max(nanoDollars, 0), used: 0, from: UTCCalendar.month(of: madeAt))
    }
}
