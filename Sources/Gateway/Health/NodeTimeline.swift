package import Vocabulary

/// Half an hour of a node's day.
package struct TimelineCell: Hashable, Sendable {
    package enum State: String, Sendable {
        /// It served or passed its checks.
        case healthy
        /// Out for less than half of the time, a failed check, or 2 % of its tries failed.
        case troubled
        /// Out for half of the time or longer, or every try failed.
        case down
        /// Nothing was asked of it, or the server did not run.
        case none
    }

    /// When it begins.
    package let at: Timestamp
    package let state: State
}

/// What is known of a node's last 24 hours, and how they look in cells.
struct NodeTimeline {
    /// A change of its health.
    struct Turn {
        let at: Timestamp
        let from: String
        let to: String
    }

    static let cell: Int64 = 1_800_000
    static let cells = 48

    /// In order.
    var turns: [Turn] = []
    /// Lines of its history by the cell that they are in, and how many of them tell of a failed check.
    var records: [Timestamp: (all: Int64, failed: Int64)] = [:]
    /// Tries by UTC hour, and those for which it was blamed. Hours are all that is summed up: both halves of one look the same.
    var hours: [Timestamp: (tries: Int64, faults: Int64)] = [:]
    /// `HealthState.name` at the end.
    var state = "healthy"

    /// Where the oldest cell begins.
    static func start(at now: Timestamp) -> Timestamp {
        Timestamp(milliseconds: now.floored(to: cell).milliseconds - Int64(cells - 1) * cell)
    }

    func cells(at now: Timestamp) -> [TimelineCell] {
        let start = Self.start(at: now)
        return (0..<Self.cells).map { index in
            let at = Timestamp(milliseconds: start.milliseconds + Int64(index) * Self.cell)
            return TimelineCell(at: at, state: state(from: at, to: min(now, Timestamp(milliseconds: at.milliseconds + Self.cell))))
        }
    }

    private func state(from start: Timestamp, to end: Timestamp) -> TimelineCell.State {
        let (out, isDead) = timeOut(from: start, to: end)
        let record = records[start] ?? (0, 0)
        let hour = hours[start.floored(to: UsagePeriod.hour)] ?? (0, 0)
        guard record.all > 0 || hour.tries > 0 else { return isDead ? .down : .none }
        let length = max(1, end.milliseconds - start.milliseconds)
        if out * 2 >= length || hour.tries > 0 && hour.faults == hour.tries { return .down }
        return out > 0 || record.failed > 0 || hour.faults > 0 && hour.faults * 50 >= hour.tries ? .troubled : .healthy
    }

    /// Milliseconds that it was anything but healthy, and whether it was dead all the time.
    private func timeOut(from start: Timestamp, to end: Timestamp) -> (Int64, isDead: Bool) {
        // Before its first change it was what that changed from.
        var now = turns.first?.from ?? state
        var (place, out, isDead) = (start, Int64(0), true)
        for turn in turns {
            guard turn.at < end else { break }
            if turn.at > place {
                if now != "healthy" { out += turn.at.milliseconds - place.milliseconds }
                if now != "dead" { isDead = false }
                place = turn.at
            }
            now = turn.to
        }
        if now != "healthy" { out += max(0, end.milliseconds - place.milliseconds) }
        return (out, isDead && now == "dead")
    }
}
