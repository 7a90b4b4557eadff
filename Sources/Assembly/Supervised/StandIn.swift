import HTTPTypes
import Hummingbird
package import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
package import Settings
import UnixSignals
import WebServer

/// The worker that answers while nobody can serve: no data, no rooms, one answer to everything.
package enum StandIn {
    /// - Parameters:
    ///   - incident: the number by which people ask about it; empty: the server rests because somebody wanted it to.
    ///   - given: as for `HousePreparation`.
    /// - Throws: `WebServerError`.
    package static func serve(
        _ settings: Settings, _ jobs: HouseJobs, incident: String, given: [Bool], life: WorkerLife, logger: Logger
    ) async throws {
        guard let fronts = try HousePlan.configurations(settings, jobs, given: given) else { throw PreparationFault.otherPorts }
        let servers = fronts.map { server($0, incident: incident, logger: logger) }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: servers.map { .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup) },
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        let steering = Task {
            for await _ in life.departures() {
                for server in servers { server.willHandOver() }
                await group.triggerGracefulShutdown()
            }
        }
        let announcing = Task {
            for server in servers { _ = try await server.addresses() }
            life.ready()
        }
        defer {
            steering.cancel()
            announcing.cancel()
        }
        try await group.run()
    }

    private static func server(_ front: WebServerConfiguration, incident: String, logger: Logger) -> WebServer {
        let router = Router(context: RequestScope.self)
        router.add(middleware: Apology(incident: incident))
        var front = front
        // One answer to everything: there is nothing to be proved.
        front.provesItself = false
        // Who asks is told to come back, not kept.
        front.timeouts.idle = .seconds(5)
        return WebServer(
            configuration: front, router: router, sockets: [], readiness: Readiness(),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: logger)
    }
}

/// 503 to everybody, with the number to ask about and when to come again: a page for browsers, a problem for programs.
struct Apology: RouterMiddleware {
    typealias Context = RequestScope

    static let retryAfter = 15
    let incident: String

    func handle(
        _ request: Request, context: RequestScope, next: (Request, RequestScope) async throws -> Response
    ) async throws -> Response {
        let wantsPage = request.headers[.accept]?.contains("text/html") == true
        var headers: HTTPFields = [
            .retryAfter: "\(Self.retryAfter)", .cacheControl: "no-store",
            .contentType: wantsPage ? "text/html; charset=utf-8" : "application/problem+json",
        ]
        if let name = HTTPField.Name("x-content-type-options") { headers[name] = "nosniff" }
        if let name = HTTPField.Name("content-security-policy") { headers[name] = "default-src 'none'; style-src 'unsafe-inline'" }
        let body = wantsPage ? page : problem
        return Response(status: .serviceUnavailable, headers: headers, body: .init(byteBuffer: ByteBuffer(string: body)))
    }

    private var problem: String {
        let detail = incident.isEmpty ? "The server is down for maintenance." : "The server can't serve at the moment."
        let number = incident.isEmpty ? "" : ",\"incident\":\"\(incident)\""
        return
            "{\"type\":\"about:blank\",\"title\":\"Service Unavailable\",\"status\":503,\"code\":\"house.unavailable\",\"detail\":\"\(detail)\"\(number)}"
    }

    private var page: String {
        let number = incident.isEmpty ? "" : "<p>Incident · 事件编号 <code>\(incident)</code></p>"
        return """
            <!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">\
            <title>One moment, please · 请稍候</title>\
            <style>body{font:1rem/1.6 system-ui,sans-serif;margin:15vh auto;max-width:32rem;padding:0 1rem;color:#222;background:#fff}</style>\
            <h1>One moment, please</h1><p>The server can't answer just now. Nothing that was sent is lost; please come again in a minute.</p>\
            <h1 lang="zh">请稍候</h1><p lang="zh">服务器暂时无法响应。已发送的内容不会丢失，请稍后再试。</p>\(number)</html>
            """
    }
}
