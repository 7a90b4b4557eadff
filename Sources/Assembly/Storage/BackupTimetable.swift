package import Vocabulary

/// When the next backup is due. Spread by chance, so that many servers on one disk don't all begin at the full hour.
package struct BackupTimetable: Sendable {
    let every: Duration

    /// - Parameter every: between two; 0 is no timetable at all.
    package init(every: Duration) {
        self.every = every
    }

    /// How long to wait from `now`.
    /// - Parameters:
    ///   - last: of the newest verified backup.
    ///   - failures: tries that failed since then.
    ///   - chance: 0 to 1.
    package func wait(after last: Timestamp?, failures: Int, now: Timestamp, chance: Double) -> Duration {
        // A start is not the moment for it, nor the moment after a failure.
        let pause = Duration.milliseconds(min(every.wholeMilliseconds, 60_000 << Int64(min(failures, 10))))
        let least = pause * (0.5 + chance / 2)
        guard failures == 0, let last else { return least }
        let spread = every * (0.9 + chance / 5)
        // A backup from the future: the clock was set back since.
        let due = min(last, now) + spread
        return max(least, .milliseconds(due.milliseconds - now.milliseconds))
    }
}
