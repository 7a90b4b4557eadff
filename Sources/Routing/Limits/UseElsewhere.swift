/// What a key has of requests that this process knows only by hearsay: those that an earlier one still carries, and those that it booked where
/// the database does not look yet.
package struct UseElsewhere: Hashable, Sendable {
    /// Requests under way.
    package var open: Int
    /// Nano-dollars reserved for them.
    package var reserved: Int64
    /// Nano-dollars that are spent and in no book yet: of today, and of this month (UTC).
    package var day: Int64
    package var month: Int64

    /// Negative numbers count as zero.
    package init(open: Int = 0, reserved: Int64 = 0, day: Int64 = 0, month: Int64 = 0) {
        self.open = max(open, 0)
        self.reserved = max(reserved, 0)
        self.day = max(day, 0)
        self.month = max(month, 0)
    }

    package var isNothing: Bool { self == UseElsewhere() }

    /// Both together; never traps.
    package static func + (left: UseElsewhere, right: UseElsewhere) -> UseElsewhere {
        UseElsewhere(
            open: left.open.addingReportingOverflow(right.open).overflow ? .max : left.open + right.open,
            reserved: sum(left.reserved, right.reserved), day: sum(left.day, right.day), month: sum(left.month, right.month))
    }

    /// What it takes of the day's money, and of the month's.
    var heldToday: Int64 { Self.sum(day, reserved) }
    var heldThisMonth: Int64 { Self.sum(month, reserved) }

    private static func sum(_ left: Int64, _ right: Int64) -> Int64 {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? .max : sum
    }
}
