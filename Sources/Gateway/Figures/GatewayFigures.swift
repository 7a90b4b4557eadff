package import Gauges
import Synchronization

/// What the gateway counts for whoever watches it. Names of clients' choosing are no labels; nodes and models of the price book are, bounded.
package final class GatewayFigures: Sendable {
    let requests = Family(labels: ["operation", "outcome"]) { Counter() }
    let tries = Family(labels: ["node"]) { Counter() }
    let failures = Family(labels: ["node"]) { Counter() }
    let tokens = Family(labels: ["kind"]) { Counter() }
    let nanoDollars = Counter()
    let unpriced = Counter()
    let firstBytes = Histogram()
    let durations = Histogram(bounds: Histogram.answers)

    package init() {}

    /// A request has ended, however it did.
    func closed(_ request: LiveRequest) {
        requests[request.operation, request.status.rawValue].add()
        if !request.nodeName.isEmpty {
            tries[request.nodeName].add(request.attempts)
            if request.status == .failed { failures[request.nodeName].add() }
        }
        if let first = request.firstByteMilliseconds { firstBytes.observe(Double(first) / 1_000) }
        if let whole = request.durationMilliseconds { durations.observe(Double(whole) / 1_000) }
        guard let usage = request.usage else { return }
        tokens["prompt"].add(Int(clamping: usage.prompt))
        tokens["output"].add(Int(clamping: usage.output))
        if let cost = request.cost { nanoDollars.add(Int(clamping: cost)) } else { unpriced.add() }
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
