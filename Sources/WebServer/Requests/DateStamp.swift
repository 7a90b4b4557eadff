import Synchronization
import Vocabulary

/// The `date` header's text, made once a second (RFC 9110 section 5.6.7).
final class DateStamp: Sendable {
    private struct Stamp {
        var second: Int64 = -1
        var text = ""
    }

    private let clock: any WallClock
    private let stamp = Mutex(Stamp())

    init(clock: any WallClock = SystemClock()) {
        self.clock = clock
    }

    func now() -> String {
        let second = clock.now().milliseconds / 1_000
        return stamp.withLock { stamp in
            if stamp.second != second { stamp = Stamp(second: second, text: Self.text(of: second)) }
            return stamp.text
        }
    }

    /// Like `Sun, 06 Nov 1994 08:49:37 GMT`; `second` counts from 1970 and is not negative.
    static func text(of second: Int64) -> String {
        let days = second / 86_400
        let (year, month, day) = date(ofDay: days)
        let rest = second % 86_400
        let time = [rest / 3_600, rest / 60 % 60, rest % 60].map(padded).joined(separator: ":")
        return "\(name(of: (days + 4) % 7, in: weekdays)), \(padded(day)) \(name(of: month - 1, in: months)) \(year) \(time) GMT"
    }

    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    private static func name(of index: Int64, in names: [String]) -> String {
        names.indices.contains(Int(index)) ? names[Int(index)] : ""
    }

    private static func padded(_ number: Int64) -> String {
        number < 10 ? "0\(number)" : String(number)
    }

    /// The proleptic Gregorian calendar, counted in years that begin in March so that leap days come last.
    private static func date(ofDay day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = day + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }
}
