import Foundation
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import Relay
import ServiceLifecycle
import TestSupport

@testable import WebServer

/// A real web server on ports of its own, with a few routes.
struct LiveServer: Sendable {
    let server: WebServer
    let addresses: [BoundAddress]
    private let stop: @Sendable () async throws -> Void

    static let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)

    var port: Int { addresses.first?.port ?? 0 }
    /// Of the listener that redirects.
    var plainPort: Int { addresses.last?.port ?? 0 }

    /// Runs `body` against a server, then stops it.
    static func run<Value>(
        tls: TLSMode = .disabled, sockets: [SocketRoute] = [.echo(path: "/echo")], relays: [RelayRoute] = [],
        inputs: InputWatch = InputWatch(),
        logger: Logger = .silent, configure: (inout WebServerConfiguration) -> Void = { _ in },
        routes: (Router<RequestScope>) -> Void = { _ in },
        _ body: (LiveServer) async throws -> Value
    ) async throws -> Value {
        var configuration = WebServerConfiguration(httpPort: 0, httpsPort: 0, tls: tls)
        configuration.timeouts.sweep = .milliseconds(20)
        configuration.timeouts.drain = .seconds(2)
        configure(&configuration)
        let live = try await start(configuration, sockets: sockets, relays: relays, inputs: inputs, logger: logger, routes: routes)
        do {
            let value = try await body(live)
            try await live.stop()
            return value
        } catch {
            try? await live.stop()
            throw error
        }
    }

    private static func start(
        _ configuration: WebServerConfiguration, sockets: [SocketRoute], relays: [RelayRoute], inputs: InputWatch, logger: Logger,
        routes: (Router<RequestScope>) -> Void
    ) async throws -> LiveServer {
        let router = Router(context: RequestScope.self)
        let readiness = Readiness()
        router.addHouseMiddleware()
        router.addHealthRoutes(readiness)
        router.get("hello") { _, _ in "hello" }
        router.post("length") { request, _ in "\(try await request.body.collect(upTo: JSONBody.limit).readableBytes)" }
        routes(router)
        let server = WebServer(
            configuration: configuration, router: router, sockets: sockets, relays: relays, readiness: readiness, eventLoopGroup: group,
            inputs: inputs, logger: logger)
        let services = ServiceGroup(configuration: .init(services: [server], logger: logger))
        let running = Task { try await services.run() }
        let addresses = try await server.addresses()
        return LiveServer(server: server, addresses: addresses) {
            await services.triggerGracefulShutdown()
            try await running.value
        }
    }

    /// Sends `request` on a connection of its own and returns all that comes until the server closes.
    func ask(_ request: String) async throws -> String {
        let client = try await RawClient.connect(to: port)
        try await client.send(request)
        return try await client.everything()
    }

    func shutDown() async throws {
        try await stop()
    }
}

extension String {
    /// The status of a response's text.
    var status: Int? {
        guard hasPrefix("HTTP/1.") else { return nil }
        return split(separator: " ", maxSplits: 2).dropFirst().first.flatMap { Int($0) }
    }

    /// How often `text` stands in it.
    func count(of text: String) -> Int {
        components(separatedBy: text).count - 1
    }
}
