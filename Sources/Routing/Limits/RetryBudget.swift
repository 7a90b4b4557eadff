package import Vocabulary

/// How many requests may be tried again: a tenth of those of the last 10 s, but at least 3. When a provider fails as a whole, retries
/// without a bound would double the load of what is left.
package struct RetryBudget: Hashable, Sendable {
    private struct Second: Hashable, Sendable {
        var number: UInt64 = 0
        var requests = 0
        var retries = 0
    }

    private static let window = 10
    private static let floor = 3
    private static let requestsPerRetry = 10

    /// One place per second, used over and over.
    private var seconds = Array(repeating: Second(), count: window)

    package init() {}

    /// A client's request has come in.
    package mutating func noteRequest(at now: Moment) {
        seconds[turn(to: now)].requests += 1
    }

    /// Whether one more retry is in the budget.
    package func hasRoom(at now: Moment) -> Bool {
        let number = Self.number(of: now)
        // Other threads may have read the clock a little later than this one.
        let running = seconds.filter { $0.number + UInt64(Self.window) > number }
        let requests = running.reduce(0) { $0 + $1.requests }
        return running.reduce(0) { $0 + $1.retries } < max(Self.floor, requests / Self.requestsPerRetry)
    }

    package mutating func noteRetry(at now: Moment) {
        seconds[turn(to: now)].retries += 1
    }

    /// Takes a retry, if there is one.
    package mutating func takeRetry(at now: Moment) -> Bool {
        guard hasRoom(at: now) else { return false }
        noteRetry(at: now)
        return true
    }

    private static func number(of now: Moment) -> UInt64 {
        // Never 0, which says that a place was not used yet.
        now.nanoseconds / 1_000_000_000 + UInt64(window)
    }

    private mutating func turn(to now: Moment) -> Int {
        let number = Self.number(of: now)
        let place = Int(number % UInt64(Self.window))
        if seconds[place].number < number { seconds[place] = Second(number: number) }
        return place
    }
}

/// The retry budgets of all workspaces, and the one of them together.
package struct RetryBudgets: Sendable {
    private static let limit = 1_024
    private var all = RetryBudget()
    private var each: [WorkspaceID: RetryBudget] = [:]

    package init() {}

    package mutating func noteRequest(of workspace: WorkspaceID, at now: Moment) {
        // An idle budget is as good as a new one; to forget one that is not costs at most 3 retries.
        if each.count >= Self.limit, each[workspace] == nil { each.removeAll(keepingCapacity: true) }
        all.noteRequest(at: now)
        each[workspace, default: RetryBudget()].noteRequest(at: now)
    }

    /// Takes a retry from both budgets, or from none.
    package mutating func takeRetry(of workspace: WorkspaceID, at now: Moment) -> Bool {
        guard all.hasRoom(at: now), each[workspace, default: RetryBudget()].takeRetry(at: now) else { return false }
        all.noteRetry(at: now)
        return true
    }
}
