import Vocabulary
import Console
import Desk
import DeskAPI
import Gateway
import GatewayAPI
import Hummingbird
import Logging
import NIOPosix
import People
import PeopleAPI
import ServiceLifecycle
import Settings
import UnixSignals
import WebServer

extension House {
    /// Serves until SIGTERM or SIGINT, then drains.
    /// - Parameter announce: told once the ports are open: the address to open in a browser, with the set-up token while nobody has set up.
    /// - Throws: `WebServerError`, `ConsoleError`.
    package func serve(_ jobs: HouseJobs = .both, announce: @escaping @Sendable (String) -> Void) async throws {
        try await gateway.takeUp(clock: clock)
        try await makeFirstNode()
        let server = try makeServer(jobs)
        let fronts = Fronts(house: server, gateway: try jobs == .both && settings.hasGatewayPort ? makeServer(.gateway) : nil)
        let token = jobs == .both ? try await people.setup.makeToken() : nil
        let announcing = Task { [settings] in
            let addresses = try await server.addresses()
            guard let address = addresses.first(where: \.isSecure) ?? addresses.first else { return }
            let base = (jobs == .gateway ? settings.gatewayOrigin : nil) ?? settings.publicOrigin ?? address.url
            announce(token.map { "\(base)/setup#\($0.text.reveal())" } ?? base)
        }
        defer { announcing.cancel() }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: gateway.services(logger: logger).map { .init(service: $0) } + [
                    .init(service: DeskService(desk, logger: logger)),
                    .init(service: controlSocket),
                    .init(service: fronts, successTerminationBehavior: .gracefullyShutdownGroup),
                ], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        try await group.run()
    }

    /// The predecessor's settings describe one node: it becomes the first of the first workspace.
    private func makeFirstNode() async throws {
        guard let workspace = try await people.workspaces.all().first else { return }
        let url = settings[HouseSettings.upstreamURL]
        let node: Node?
        do {
            node = try await gateway.nodes.firstFromEnvironment(
                url: url.isEmpty ? nil : url, credential: settings[HouseSettings.upstreamKey], name: settings[HouseSettings.upstreamName],
                in: workspace.id)
        } catch let error as GatewayError {
            throw FirstNodeRefusal(error: error)
        }
        if let node { logger.notice("made a first node from UPSTREAM_BASE_URL", metadata: ["node": "\(node.name)"]) }
    }

    private var controlSocket: ControlSocket {
        ControlSocket(directory: settings[HouseSettings.dataDirectory], logger: logger) { [self] in await carryOut($0) }
    }

    private func makeServer(_ jobs: HouseJobs) throws -> WebServer {
        let readiness = Readiness()
        let router = Router(context: RequestScope.self)
        router.addHouseMiddleware()
        router.addHealthRoutes(readiness)
        var sockets: [SocketRoute] = []
        if jobs == .both { sockets = try addDesk(to: router) }
        if settings[HouseSettings.testEcho] { sockets.append(.echo(path: "/test/echo")) }
        return WebServer(
            configuration: WebServerConfiguration(settings, jobs), router: router, sockets: sockets, relays: [gateway.traffic.route],
            readiness: readiness, eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger)
    }

    private var liveSocket: LiveSocket {
        let admission = LiveAdmission(
            principal: { [people] in try await people.principal(of: $0) },
            current: { [people] in try await people.sessions.principal(ofSession: $0) })
        return LiveSocket(gateway: gateway, clock: clock, admission: admission, logger: logger)
    }

    /// Everything that people see: the desk, the console and the gateway's administration.
    private func addDesk(to router: Router<RequestScope>) throws -> [SocketRoute] {
        let console = ConsoleRoutes(assets: try AssetLibrary(), shops: DeskShopPages(desk: desk))
        router.add(middleware: console.lostPages)
        router.add(middleware: SessionMiddleware(people: people))
        PeopleRoutes(people: people, firstShop: DeskFirstShop(desk: desk)).add(to: router)
        DeskRoutes(desk).add(to: router)
        GatewayRoutes(gateway: gateway, address: GatewayAddress(settings), clock: clock).add(to: router)
        console.add(to: router)
        return DeskSockets(desk, logger: logger).routes + [liveSocket.route]
    }
}

/// The environment's first node can't be made.
struct FirstNodeRefusal: Error {
    let error: GatewayError
}

/// What a process serves.
package enum HouseJobs: Sendable {
    case both
    /// The relay and health checks alone (`switchboard proxy`).
    case gateway
}

/// The house's ports, and the gateway's own beside them where it has one: they open and drain together.
private struct Fronts: Service {
    let house: WebServer
    let gateway: WebServer?

    func run() async throws {
        guard let gateway else { return try await house.run() }
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await house.run() }
            tasks.addTask {
                // Both use the same certificate, which the first may have to make.
                _ = try await house.addresses()
                try await gateway.run()
            }
            try await tasks.waitForAll()
        }
    }
}

extension Settings {
    /// The address that browsers see, when a proxy is in front.
    fileprivate var publicOrigin: String? { origin(HouseSettings.publicURL) }
    /// The address that the gateway's clients use, when a proxy is in front.
    fileprivate var gatewayOrigin: String? { origin(HouseSettings.gatewayURL) }
    fileprivate var hasGatewayPort: Bool { self[HouseSettings.gatewayPort] != 0 }

    private func origin(_ key: SettingKey<String>) -> String? {
        let text = self[key]
        return text.isEmpty ? nil : Origin(text)?.text
    }
}

extension GatewayAddress {
    fileprivate init(_ settings: Settings) {
        self.init(
            publicOrigin: settings.gatewayOrigin, port: settings.hasGatewayPort ? settings[HouseSettings.gatewayPort] : nil,
            isSecure: settings[HouseSettings.tlsMode] != .disabled)
    }
}

extension WebServerConfiguration {
    fileprivate init(_ settings: Settings, _ jobs: HouseJobs) {
        let listening = settings.listening
        self.init(
            address: listening.host, httpPort: listening.port, httpsPort: settings[HouseSettings.httpsPort],
            tls: TLSMode(settings), allowPlainHTTP: settings[HouseSettings.allowPlainHTTP], publicOrigin: settings.publicOrigin)
        trustedProxies = Set(settings[HouseSettings.trustedProxies].split(separator: ",").map { String($0.filter { $0 != " " }) })
        timeouts.drain = settings[HouseSettings.drainTime]
        guard jobs == .gateway, settings.hasGatewayPort else { return }
        // One port for the gateway: under TLS the TLS one, and nothing that redirects.
        let port = settings[HouseSettings.gatewayPort]
        if case .disabled = tls {
            httpPort = port
        } else {
            httpsPort = port
            httpPort = nil
        }
    }
}

extension TLSMode {
    fileprivate init(_ settings: Settings) {
        switch settings[HouseSettings.tlsMode] {
        case .disabled: self = .disabled
        case .selfSigned: self = .selfSigned(directory: settings[HouseSettings.dataDirectory] + "/tls")
        case .files: self = .files(certificate: settings[HouseSettings.certificate], key: settings[HouseSettings.key])
        }
    }
}
