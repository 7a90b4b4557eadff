package import Vocabulary

/// A moment as a person types it, in UTC.
package enum BackupTime {
    /// `2026-11-21`, `2026-11-21T10:30`, `2026-11-21 10:30:15`, with or without milliseconds and Z, and as backups are named
    /// (`2026-11-21T103015.000Z`). What is left out is 0. Nil for anything else.
    package static func parse(_ text: String) -> Timestamp? {
        guard text.utf8.count <= 32, text.utf8.allSatisfy({ (0x30...0x39).contains($0) || "-:.TZtz ".utf8.contains($0) }) else {
            return nil
        }
        let halves = text.split(maxSplits: 1, whereSeparator: { "Tt ".contains($0) })
        let date = (halves.first ?? "").split(separator: "-", omittingEmptySubsequences: false).compactMap { Int64($0) }
        guard date.count == 3, (1970...9999).contains(date[0]), (1...12).contains(date[1]), (1...31).contains(date[2]) else { return nil }
        guard let time = halves.count == 1 ? 0 : milliseconds(halves[1].filter { !"Zz:".contains($0) }) else { return nil }
        return Timestamp(milliseconds: days(date[0], date[1], date[2]) * 86_400_000 + time)
    }

    /// Of `HHMM`, `HHMMSS` or `HHMMSS.mmm`.
    private static func milliseconds(_ text: String) -> Int64? {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let digits = parts.first, digits.count == 4 || digits.count == 6, let number = Int64(digits) else { return nil }
        let clock = digits.count == 4 ? number * 100 : number
        let (hour, minute, second) = (clock / 10_000, clock / 100 % 100, clock % 100)
        guard hour < 24, minute < 60, second < 60 else { return nil }
        guard parts.count == 2 else { return (hour * 3_600 + minute * 60 + second) * 1_000 }
        guard parts[1].count == 3, let fraction = Int64(parts[1]) else { return nil }
        return (hour * 3_600 + minute * 60 + second) * 1_000 + fraction
    }

    /// Since 1970-01-01. Source: howardhinnant.github.io/date_algorithms.html, `days_from_civil`.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = (year / 400, year % 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
