import Vocabulary
import Console
import Desk
import DeskAPI
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
    package func serve(announce: @escaping @Sendable (String) -> Void) async throws {
        let server = try makeServer()
        let token = try await people.setup.makeToken()
        let announcing = Task { [settings] in
            let addresses = try await server.addresses()
            guard let address = addresses.first(where: \.isSecure) ?? addresses.first else { return }
            let base = settings.publicOrigin ?? address.url
            announce(token.map { "\(base)/setup#\($0.text.reveal())" } ?? base)
        }
        defer { announcing.cancel() }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    .init(service: DeskService(desk, logger: logger)),
                    .init(service: server, successTerminationBehavior: .gracefullyShutdownGroup),
                ], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        try await group.run()
    }

    private func makeServer() throws -> WebServer {
        let readiness = Readiness()
        let router = Router(context: RequestScope.self)
        router.addHouseMiddleware()
        router.add(middleware: SessionMiddleware(people: people))
        router.addHealthRoutes(readiness)
        PeopleRoutes(people: people, firstShop: DeskFirstShop(desk: desk)).add(to: router)
        DeskRoutes(desk).add(to: router)
        ConsoleRoutes(assets: try AssetLibrary(), shops: DeskShopPages(desk: desk)).add(to: router)
        var sockets = DeskSockets(desk, logger: logger).routes
        if settings[HouseSettings.testEcho] { sockets.append(.echo(path: "/test/echo")) }
        return WebServer(
            configuration: WebServerConfiguration(settings), router: router, sockets: sockets, readiness: readiness,
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger)
    }
}

extension Settings {
    /// The address that browsers see, when a proxy is in front.
    fileprivate var publicOrigin: String? {
        let text = self[HouseSettings.publicURL]
        return text.isEmpty ? nil : Origin(text)?.text
    }
}

extension WebServerConfiguration {
    fileprivate init(_ settings: Settings) {
        self.init(
            address: settings[HouseSettings.bind], httpPort: settings[HouseSettings.httpPort], httpsPort: settings[HouseSettings.httpsPort],
            tls: TLSMode(settings), allowPlainHTTP: settings[HouseSettings.allowPlainHTTP], publicOrigin: settings.publicOrigin)
        trustedProxies = Set(settings[HouseSettings.trustedProxies].split(separator: ",").map { String($0.filter { $0 != " " }) })
        timeouts.drain = settings[HouseSettings.drainTime]
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
