/// Names of evidence folders: `20261121-180211-4711`, in UTC, so that their order is that of time.
package enum EvidencePath {
    /// Whether it is a name that the supervisor gives.
    package static func isName(_ name: String) -> Bool {
        let parts = name.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, name.utf8.count <= 32 else { return false }
        return parts[0].utf8.count == 8 && parts[1].utf8.count == 6 && !parts[2].isEmpty && parts.allSatisfy(isDigits)
    }

    static func pid(of name: String) -> Int64? {
        isName(name) ? name.split(separator: "-").last.flatMap { Int64($0) } : nil
    }

    /// Milliseconds since 1970, in whole seconds.
    static func moment(of name: String) -> Int64? {
        guard isName(name) else { return nil }
        let digits = name.utf8.filter { $0 != UInt8(ascii: "-") }.prefix(14).map { Int64($0) - 48 }
        let number = { (from: Int, count: Int) in digits.dropFirst(from).prefix(count).reduce(Int64(0)) { $0 * 10 + $1 } }
        let (year, month, day) = (number(0, 4), number(4, 2), number(6, 2))
        let (hour, minute, second) = (number(8, 2), number(10, 2), number(12, 2))
        guard (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 61 else { return nil }
        return ((days(year, month, day) * 24 + hour) * 60 + minute) * 60_000 + second * 1_000
    }

    /// The folder above, `.` for a bare name.
    static func parent(of path: String) -> String {
        let trimmed = path.hasSuffix("/") ? String(path.dropLast()) : path
        guard let slash = trimmed.lastIndex(of: "/") else { return "." }
        return slash == trimmed.startIndex ? "/" : String(trimmed[..<slash])
    }

    /// Days since 1970-01-01 ("days_from_civil", howardhinnant.github.io/date_algorithms.html); years from 0 to 9999.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    private static func isDigits(_ text: Substring) -> Bool {
        text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}
