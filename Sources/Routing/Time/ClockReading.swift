package import Vocabulary

/// Both clocks, read together: `moment` for decisions, `wall` for what outlives the process or means a day of the calendar.
package struct ClockReading: Hashable, Sendable {
    package let moment: Moment
    package let wall: Timestamp

    package init(moment: Moment, wall: Timestamp) {
        self.moment = moment
        self.wall = wall
    }

    /// The wall time of `moment`, if the wall clock goes on as it does now.
    package func wall(of moment: Moment) -> Timestamp {
        guard moment < self.moment else { return wall + self.moment.remaining(until: moment) }
        return wall - moment.remaining(until: self.moment)
    }

    /// The moment of a wall time. One that has passed is now; none is later than `limit` from now: the wall clock that wrote it down may
    /// have been wrong.
    package func moment(of time: Timestamp, within limit: Duration) -> Moment {
        guard time > wall else { return moment }
        let (left, overflow) = time.milliseconds.subtractingReportingOverflow(wall.milliseconds)
        return moment + (overflow ? limit : min(.milliseconds(left), limit))
    }
}
