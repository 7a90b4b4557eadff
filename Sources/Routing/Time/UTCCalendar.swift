package import Vocabulary

/// Days and months of UTC as plain numbers, which budgets are counted by.
///
/// Source: "chrono-compatible low-level date algorithms", howardhinnant.github.io/date_algorithms.html, `civil_from_days` and
/// `days_from_civil`.
package enum UTCCalendar {
    private static let millisecondsOfDay: Int64 = 86_400_000

    /// Days since 1970-01-01.
    package static func day(of time: Timestamp) -> Int64 {
        floored(time.milliseconds, by: millisecondsOfDay)
    }

    /// 00:00 of a day by its number.
    package static func start(ofDay day: Int64) -> Timestamp {
        Timestamp(milliseconds: day &* millisecondsOfDay)
    }

    /// Months since the year 0: `year × 12 + (month − 1)`.
    package static func month(of time: Timestamp) -> Int64 {
        // Years that begin in March put the leap day last; eras of 400 years are all alike.
        let shifted = day(of: time) + 719_468
        let era = floored(shifted, by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        // March is 0 of the shifted year: two months on, the sum counts from January.
        return (yearOfEra + era * 400) * 12 + (5 * dayOfYear + 2) / 153 + 2
    }

    /// 00:00 of a month's first day by its number.
    package static func start(ofMonth month: Int64) -> Timestamp {
        let shifted = month - 2
        let year = floored(shifted, by: 12)
        let dayOfYear = (153 * (shifted - year * 12) + 2) / 5
        let era = floored(year, by: 400)
        let yearOfEra = year - era * 400
        return start(ofDay: era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468)
    }

    private static func floored(_ number: Int64, by divisor: Int64) -> Int64 {
        let (quotient, remainder) = number.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
