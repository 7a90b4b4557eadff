package import Gauges
import Synchronization

/// What the gateway counts for whoever watches it. Names of clients' choosing are no labels; nodes and models of the price book are, bounded.
package final class GatewayFigures: Sendable {
    let requests = Family(labels: ["operation", "outcome"]) { Counter() }
    let tries = Family(labels: ["node"]) { Counter() }
    let failures = Family(labels: ["node"]) { Counter() }
    let tokens = Family(labels: ["kind"]) { Counter() }
    private let prompt: Counter
    private let output: Counter
    let nanoDollars = Counter()
    let unpriced = Counter()
    let firstBytes = Histogram()
    let durations = Histogram(bounds: Histogram.answers)
    private let last = Mutex(Last())

    /// The figures of the last request: most are like the one before, and looking them up by their labels costs more than counting.
    private struct Last {
        var operation = ""
        var status = RequestStatus.open
        var node = ""
        var requests: Counter?
        var tries: Counter?
    }

    package init() {
        prompt = tokens["prompt"]
        output = tokens["output"]
    }

    /// A request has ended, however it did.
    func closed(_ request: LiveRequest) {
        let (ended, tried) = counters(of: request)
        ended.add()
        tried?.add(request.attempts)
        if request.status == .failed, !request.nodeName.isEmpty { failures[request.nodeName].add() }
        if let first = request.firstByteMilliseconds { firstBytes.observe(Double(first) / 1_000) }
        if let whole = request.durationMilliseconds { durations.observe(Double(whole) / 1_000) }
        guard let usage = request.usage else { return }
        prompt.add(Int(clamping: usage.prompt))
        output.add(Int(clamping: usage.output))
        if let cost = request.cost { nanoDollars.add(Int(clamping: cost)) } else { unpriced.add() }
    }

    private func counters(of request: LiveRequest) -> (Counter, tries: Counter?) {
        last.withLock { last in
            if last.operation != request.operation || last.status != request.status || last.requests == nil {
                (last.operation, last.status) = (request.operation, request.status)
                last.requests = requests[request.operation, request.status.rawValue]
            }
            if last.node != request.nodeName {
                last.node = request.nodeName
                last.tries = request.nodeName.isEmpty ? nil : tries[request.nodeName]
            }
            return (last.requests ?? requests[request.operation, request.status.rawValue], last.tries)
        }
    }

    package func write(to page: inout Exposition) {
        page.add("switchboard_gateway_requests_total", "Requests of clients by operation and how they ended.", requests)
        page.add("switchboard_gateway_tries_total", "Tries at nodes by the node that answered last.", tries)
        page.add("switchboard_gateway_failures_total", "Requests that failed, by the node that was tried last.", failures)
        page.add("switchboard_gateway_tokens_total", "Tokens by kind.", tokens)
        page.add("switchboard_gateway_cost_dollars_total", .counter, "Money spent at nodes, US dollars.", Double(nanoDollars.value) / 1e9)
        page.add("switchboard_gateway_unpriced_requests_total", "Requests with usage of a model without a price.", unpriced)
        page.add("switchboard_gateway_first_byte_seconds", "From a client's request to its first byte from a node.", firstBytes)
        page.add("switchboard_gateway_request_duration_seconds", "From a client's request to the end of its answer.", durations)
    }
}
