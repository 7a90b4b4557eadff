package import Gauges

/// What the web server counts for whoever watches it.
package final class WebFigures: Sendable {
    /// Answered requests by method and status. Methods that HTTP doesn't name are one.
    package let requests = Family(labels: ["method", "status"]) { Counter() }
    /// Seconds from a request's head to its answer's head.
    package let waits = Histogram()

    private static let methods: Set<String> = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

    package init() {}

    package func answered(method: String, status: Int, after wait: Duration) {
        requests[Self.methods.contains(method) ? method : "other", String(status)].add()
        waits.observe(wait)
    }

    package func write(to page: inout Exposition) {
        page.add("switchboard_http_requests_total", "Requests answered by the desk, the console and the administration.", requests)
        page.add("switchboard_http_request_duration_seconds", "From a request's head to its answer's.", waits)
    }
}
