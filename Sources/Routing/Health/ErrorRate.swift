/// The share of failures among the last requests: an average that weighs each one a tenth.
struct ErrorRate: Hashable, Sendable {
    private static let share = 0.1
    /// After such a pause the old results say nothing about now.
    private static let memory: Duration = .seconds(120)

    /// 0–1.
    private(set) var value = 0.0
    private(set) var volume = 0
    private var last = Moment(nanoseconds: 0)

    mutating func note(failed: Bool, at now: Moment) {
        if last.remaining(until: now) > Self.memory { self = ErrorRate() }
        value += Self.share * ((failed ? 1 : 0) - value)
        volume = min(volume + 1, 1_000_000)
        last = max(last, now)
    }

    /// Whole per cent.
    var percent: Int { Int((value * 100).rounded()) }
}
