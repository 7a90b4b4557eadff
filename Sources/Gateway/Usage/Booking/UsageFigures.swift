/// Counts and sums of requests, as the hourly table keeps them. Adding them never traps.
package struct UsageFigures: Hashable, Sendable {
    /// Requests that came to an end: completed, failed, cancelled, interrupted. Refused ones are apart.
    package var requests: Int64 = 0
    /// Failed or interrupted.
    package var failures: Int64 = 0
    package var cancelled: Int64 = 0
    package var refused: Int64 = 0
    /// Tries, by the node that was tried.
    package var attempts: Int64 = 0
    /// Tries for which that node was blamed.
    package var nodeFaults: Int64 = 0
    package var inputTokens: Int64 = 0
    package var outputTokens: Int64 = 0
    package var cacheReadTokens: Int64 = 0
    package var cacheWriteTokens: Int64 = 0
    /// Nano-dollars.
    package var cost: Int64 = 0
    /// Requests with usage for which there was no price.
    package var unpriced: Int64 = 0

    package init() {}

    package static func += (left: inout UsageFigures, right: UsageFigures) {
        left.requests = left.requests.addingWithoutOverflow(right.requests)
        left.failures = left.failures.addingWithoutOverflow(right.failures)
        left.cancelled = left.cancelled.addingWithoutOverflow(right.cancelled)
        left.refused = left.refused.addingWithoutOverflow(right.refused)
        left.attempts = left.attempts.addingWithoutOverflow(right.attempts)
        left.nodeFaults = left.nodeFaults.addingWithoutOverflow(right.nodeFaults)
        left.inputTokens = left.inputTokens.addingWithoutOverflow(right.inputTokens)
        left.outputTokens = left.outputTokens.addingWithoutOverflow(right.outputTokens)
        left.cacheReadTokens = left.cacheReadTokens.addingWithoutOverflow(right.cacheReadTokens)
        left.cacheWriteTokens = left.cacheWriteTokens.addingWithoutOverflow(right.cacheWriteTokens)
        left.cost = left.cost.addingWithoutOverflow(right.cost)
        left.unpriced = left.unpriced.addingWithoutOverflow(right.unpriced)
    }

    /// Their names in the hourly table.
    static let columns = [
        "requests", "failures", "cancelled", "refused", "attempts", "node_faults", "input_tokens", "output_tokens", "cache_read_tokens",
        "cache_write_tokens", "cost", "unpriced",
    ]

    /// In the order of `columns`.
    var values: [Int64] {
        [
            requests, failures, cancelled, refused, attempts, nodeFaults, inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens,
            cost,
            unpriced,
        ]
    }

    mutating func add(_ attempt: OpenAttempt) {
        attempts += 1
        nodeFaults += attempt.ending?.isNodeFault == true ? 1 : 0
    }

    mutating func add(_ usage: PricedTokens) {
        inputTokens += usage.input
        outputTokens += usage.output
        cacheReadTokens += usage.cacheRead
        cacheWriteTokens += usage.cacheWrite
    }
}

extension Int64 {
    /// The sum, or the end of the range that it would leave.
    func addingWithoutOverflow(_ other: Int64) -> Int64 {
        let (sum, overflows) = addingReportingOverflow(other)
        guard overflows else { return sum }
        return other < 0 ? .min : .max
    }
}
