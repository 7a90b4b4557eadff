extension Timestamp {
    /// RFC 3339 in UTC with milliseconds: `2026-11-21T11:29:05.123Z`.
    package var rfc3339: String {
        let (day, millisecond) = milliseconds.flooredDivision(by: 86_400_000)
        let date = CivilDate(daysSince1970: day)
        let second = millisecond / 1_000
        // Every line of a log begins with one: one buffer, not a text for each field.
        var text: [UInt8] = []
        text.reserveCapacity(24)
        Self.put(date.year, width: 4, before: "-", to: &text)
        Self.put(date.month, width: 2, before: "-", to: &text)
        Self.put(date.day, width: 2, before: "T", to: &text)
        Self.put(second / 3_600, width: 2, before: ":", to: &text)
        Self.put(second / 60 % 60, width: 2, before: ":", to: &text)
        Self.put(second % 60, width: 2, before: ".", to: &text)
        Self.put(millisecond % 1_000, width: 3, before: "Z", to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Longer numbers, and years before 0, as they are.
    private static func put(_ number: Int64, width: Int, before mark: Unicode.Scalar, to text: inout [UInt8]) {
        var place: Int64 = width == 4 ? 1_000 : width == 3 ? 100 : 10
        if number >= 0, number < place * 10 {
            while place > 0 {
                text.append(UInt8(truncatingIfNeeded: 0x30 + number / place % 10))
                place /= 10
            }
        } else {
            let digits = String(number)
            for _ in 0..<max(0, width - digits.utf8.count) { text.append(0x30) }
            text += digits.utf8
        }
        text.append(UInt8(ascii: mark))
    }
}

/// A day of the Gregorian calendar.
///
/// Source: "chrono-compatible low-level date algorithms", howardhinnant.github.io/date_algorithms.html, `civil_from_days`.
private struct CivilDate {
    let year: Int64
    let month: Int64
    let day: Int64

    init(daysSince1970: Int64) {
        // Years that begin in March put the leap day last; eras of 400 years are all alike.
        let (era, dayOfEra) = (daysSince1970 + 719_468).flooredDivision(by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shifted + 2) / 5 + 1
        month = shifted < 10 ? shifted + 3 : shifted - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }
}

extension Int64 {
    /// Quotient and a remainder that is never negative; `divisor` must be positive.
    fileprivate func flooredDivision(by divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
