/// A member of a pool that could take a request now.
struct Candidate {
    let route: NodePool.Route
    let isTrial: Bool
    /// Its share, after slow start: 25 and more.
    let weight: UInt64
    let inFlight: Int

    func isLighter(than other: Candidate) -> Bool {
        // Requests per weight, without a division.
        UInt64(clamping: inFlight) &* other.weight < UInt64(clamping: other.inFlight) &* weight
    }
}

/// What a look at every member that serves a request has shown.
struct PoolSurvey {
    /// Of the best priority that has any.
    var choices: [Candidate] = []
    var priority = Int.max
    /// The session's own node, if it can take the request.
    var home: Candidate?
    /// The one whose cool-down ends first, and that no rate limit holds up.
    var coldest: (route: NodePool.Route, until: Moment)?
    /// A node works, though perhaps not for this request.
    var hasSound = false
    var until: Moment?
    var isBusy = false
    var isCooling = false
    var isDead = false
    var isOff = false

    mutating func note(until moment: Moment) {
        until = min(until ?? moment, moment)
    }

    /// Why there is none now.
    var waiting: Pick {
        .wait(until: until, isBusy ? .busy : isCooling ? .cooling : isDead ? .dead : isOff ? .off : .exhausted)
    }
}
