import BlackBox
import Crypto
import Gauges
import HTTPTypes
import Hummingbird
import NIOCore
import Vocabulary
import WebServer

/// `GET /metrics`: for a scraper with the token; without one set, for who asks from this machine itself and not through a proxy.
/// Everyone else is told that there is nothing here.
struct MetricsDoor: Sendable {
    let token: Secret<String>?
    /// Safe mode may have switched it off.
    var isOn = true
    let page: @Sendable () async -> Exposition

    func add(to router: Router<RequestScope>) {
        router.get("metrics") { request, scope in
            guard admits(request, from: scope.clientAddress) else { throw Self.nothing }
            guard isOn else { throw Self.off }
            let ended = OptionalPart.metrics.begin()
            defer { ended() }
            let body = ByteBuffer(string: await page().text)
            return Response(
                status: .ok, headers: [.contentType: Exposition.contentType, .cacheControl: "no-store"],
                body: ResponseBody(byteBuffer: body))
        }
    }

    func admits(_ request: Request, from address: String) -> Bool {
        guard let token else { return ["127.0.0.1", "::1"].contains(address) && !Self.cameThroughProxy(request) }
        guard let given = request.headers[.authorization], given.hasPrefix("Bearer ") else { return false }
        // Digests are of one length and say nothing of the token: to compare them takes the same time wherever they differ.
        return SHA256.hash(data: Array(given.dropFirst(7).utf8)) == SHA256.hash(data: Array(token.reveal().utf8))
    }

    private static let nothing = Problem(.notFound, code: "not_found", detail: "There is nothing here.")
    private static let off = Problem(
        .serviceUnavailable, code: "house.part_off", detail: "Metrics ended the server and are switched off: see `switchboard why`.")
    private static let proxyMarks = ["x-forwarded-for", "forwarded", "via", "x-real-ip"].compactMap { HTTPField.Name($0) }

    private static func cameThroughProxy(_ request: Request) -> Bool {
        proxyMarks.contains { request.headers[$0] != nil }
    }
}
