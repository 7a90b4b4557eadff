import Routing
import Testing
import TestSupport
import Vocabulary

@Suite("How many requests may be tried again")
struct RetryBudgetTests {
    private let start = Moment(nanoseconds: 77_300_000_000)

    /// How many retries there are after `requests`.
    private func retries(after requests: Int) -> Int {
        var budget = RetryBudget()
        for _ in 0..<requests { budget.noteRequest(at: start) }
        return (0..<1_000).count { _ in budget.takeRetry(at: start) }
    }

    @Test("a tenth of the requests, at least three", arguments: [(0, 3), (1, 3), (39, 3), (40, 4), (100, 10), (1_999, 199)])
    func share(_ requests: Int, expected: Int) {
        #expect(retries(after: requests) == expected)
    }

    @Test("it slides: after ten seconds what was used is there again, and the requests no longer count")
    func slides() {
        var budget = RetryBudget()
        for _ in 0..<100 { budget.noteRequest(at: start) }
        for _ in 0..<10 { #expect(budget.takeRetry(at: start) == true) }
        #expect(budget.takeRetry(at: start + .seconds(9)) == false)
        for _ in 0..<3 { #expect(budget.takeRetry(at: start + .seconds(10)) == true) }
        #expect(budget.takeRetry(at: start + .seconds(10)) == false)
        #expect(budget.takeRetry(at: start + .seconds(20)) == true)
    }

    @Test("in the long run a flood of failures adds a tenth to the load")
    func flood() {
        var budget = RetryBudget()
        var taken = 0
        for index in 0..<60_000 {
            let now = start + .milliseconds(index * 10)
            budget.noteRequest(at: now)
            if budget.takeRetry(at: now) { taken += 1 }
        }
        #expect((5_900...6_100).contains(taken))
    }

    @Test("a thread whose clock is a little late counts in")
    func late() {
        var budget = RetryBudget()
        for _ in 0..<40 { budget.noteRequest(at: start + .seconds(1)) }
        for _ in 0..<4 { #expect(budget.takeRetry(at: start) == true) }
        #expect(budget.takeRetry(at: start) == false)
        #expect(budget.takeRetry(at: start + .seconds(1)) == false)
    }

    @Test("a workspace that fails can't use up the others' share, and all together not more than a tenth")
    func workspaces() {
        let workspaces = (0..<10).map { WorkspaceID(ULID(time: Timestamp(milliseconds: 0), randomness: (0, UInt64($0)))) }
        var budgets = RetryBudgets()
        for _ in 0..<10 { for workspace in workspaces { budgets.noteRequest(of: workspace, at: start) } }
        #expect((0..<50).count { _ in budgets.takeRetry(of: workspaces[0], at: start) } == 3)
        #expect(budgets.takeRetry(of: workspaces[1], at: start) == true)
        let rest = (0..<50).count { budgets.takeRetry(of: workspaces[2 + $0 % 8], at: start) }
        #expect(rest == 6)
    }
}
