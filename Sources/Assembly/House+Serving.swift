import BlackBox
import Console
import Desk
import DeskAPI
import Fleet
import Gateway
import GatewayAPI
import Host
import Hummingbird
import Logging
import NIOPosix
import OperationsAPI
import People
import PeopleAPI
import ServiceLifecycle
package import Settings
import Telemetry
import UnixSignals
import Vocabulary
import WebServer

extension House {
    /// Serves until its supervisor or a signal tells it to go, then drains or hands over.
    /// - Parameters:
    ///   - prepared: what was made before the data was opened.
    ///   - isAnnounced: whether people want to know where to go; while nobody has set up they do in any case, as the token is new.
    ///   - reread: the settings as they are now, for what can change at run time.
    ///   - announce: told once the ports are open: the address to open in a browser, with the set-up token while nobody has set up.
    /// - Returns: what may go on without the data.
    /// - Throws: `WebServerError`, `ConsoleError`.
    package func serve(
        _ prepared: HousePreparation, life: WorkerLife = WorkerLife(), isAnnounced: Bool = true,
        reread: @escaping @Sendable () -> Settings? = { nil }, announce: @escaping @Sendable (String) -> Void
    ) async throws -> LastRelays {
        let jobs = prepared.jobs
        try await gateway.takeUp(clock: clock)
        try await makeFirstNode()
        let servers = try prepared.fronts.enumerated().map { place, front in
            try makeServer(place == 0 ? jobs : .gateway, front, assets: prepared.assets, life: life)
        }
        let token = jobs == .both ? try await people.setup.makeToken() : nil
        // Before the ports' own first requests, which bring back what serving needs.
        ProgramText.letGo()
        life.enter(.listen)
        let announcing = Task { [settings, logger] in
            do {
                for server in servers { try await server.ready() }
            } catch let error as WebServerError {
                // What keeps it from listening ends the service itself.
                guard case .notAnswering = error else { return }
                Unanswered.end(error, life: life, logger)
            }
            life.ready()
            guard isAnnounced || token != nil, let addresses = try await servers.first?.addresses(),
                let address = addresses.first(where: \.isSecure) ?? addresses.first
            else { return }
            let base = (jobs == .gateway ? settings.gatewayOrigin : nil) ?? settings.publicOrigin ?? address.url
            announce(token.map { "\(base)/setup#\($0.text.reveal())" } ?? base)
        }
        // What it says at debug describes whole services with all that they hold.
        var quiet = logger
        quiet.logLevel = .notice
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: optionalServices(life) + sharedServices.map { .init(service: $0) }
                    + gateway.services(logger: logger).map { .init(service: $0) } + [
                        .init(service: DeskService(desk, logger: logger)),
                        .init(service: controlSocket),
                        .init(service: Fronts(servers: servers), successTerminationBehavior: .gracefullyShutdownGroup),
                        .init(service: Vitals(eventLoops: MultiThreadedEventLoopGroup.singleton, database: database, desk: desk)),
                    ], logger: quiet))
        follow(life, servers: servers, reread: reread)
        let steering = Task {
            for await departure in life.departures() {
                if departure != .drain { for server in servers { server.willHandOver() } }
                await group.triggerGracefulShutdown()
            }
        }
        defer {
            announcing.cancel()
            steering.cancel()
        }
        try await group.run()
        let unbooked = await gateway.unbooked(now: clock.now(), logger: logger)
        unbooked.tell()
        return LastRelays(
            servers: servers, ledger: gateway.ledger, unbooked: unbooked, life: life, drain: settings[HouseSettings.drainTime])
    }

    /// What all rooms need, and so ends after them.
    private var sharedServices: [any Service] {
        [FleetService(fleet, logger: logger)] + bus.services
    }

    /// What can change while it runs: the certificates, and what the log shows.
    private func follow(_ life: WorkerLife, servers: [WebServer], reread: @escaping @Sendable () -> Settings?) {
        let logger = logger
        life.follow(
            reload: {
                for server in servers { server.reloadCertificate() }
                guard let settings = reread() else {
                    return logger.error("the settings can't be used; the old ones stay")
                }
                Telemetry.setLevel(settings[HouseSettings.logLevel].logLevel)
                logger.notice("took certificates and log level anew", metadata: ["level": "\(Telemetry.level)"])
            },
            level: { name, seconds in
                guard let level = Logger.Level(rawValue: name) else { return }
                Telemetry.setLevel(level, for: seconds.map { .seconds($0) })
                logger.notice(
                    "the log level was changed", metadata: ["level": "\(level)", "seconds": "\(seconds.map(String.init) ?? "for good")"])
            })
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

    /// What safe mode may have switched off.
    private func optionalServices(_ life: WorkerLife) -> [ServiceGroupConfiguration.ServiceConfiguration] {
        let off = life.partsOff
        if !off.isEmpty {
            logger.error(
                "safe mode: the server runs without what kept ending it, until `switchboard resume`",
                metadata: ["off": "\(off.joined(separator: " "))"])
        }
        return life.isOff(.backups) ? [] : [.init(service: backups)]
    }

    private var controlSocket: ControlSocket {
        ControlSocket(directory: settings[HouseSettings.dataDirectory], logger: logger) { [self] order in
            await asChore("order") { await carryOut(order) }
        }
    }

    private func makeServer(
        _ jobs: HouseJobs, _ front: WebServerConfiguration, assets: AssetLibrary?, life: WorkerLife
    ) throws -> WebServer {
        let readiness = Readiness()
        let router = Router(context: RequestScope.self)
        #if DEBUG
            if DebugFaults.isMute { router.add(middleware: Mute()) }
        #endif
        router.addHouseMiddleware(figures: web, compressing: life.isOff(.compression) ? nil : OptionalPart.compression.begin)
        router.addHealthRoutes(readiness)
        MetricsDoor(
            token: settings[HouseSettings.metricsToken], isOn: !life.isOff(.metrics), page: HouseFigures(house: self, web: web).page
        ).add(to: router)
        var sockets: [SocketRoute] = []
        if jobs == .both { sockets = addDesk(to: router, assets: try assets ?? AssetLibrary()) }
        if settings[HouseSettings.testEcho] { sockets.append(.echo(path: "/test/echo")) }
        #if DEBUG
            if settings[HouseSettings.testFaults] {
                FaultRoutes(database: database, desk: desk, eventLoops: MultiThreadedEventLoopGroup.singleton).add(to: router)
            }
        #endif
        return WebServer(
            configuration: front, router: router, sockets: sockets, relays: [gateway.traffic.route], readiness: readiness,
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger)
    }

    private var liveSocket: LiveSocket {
        let admission = LiveAdmission(
            principal: { [people] in try await people.principal(of: $0) },
            current: { [people] in try await people.sessions.principal(ofSession: $0) })
        return LiveSocket(gateway: gateway, clock: clock, admission: admission, logger: logger)
    }

    /// Everything that people see: the desk, the console and the gateway's administration.
    private func addDesk(to router: Router<RequestScope>, assets: AssetLibrary) -> [SocketRoute] {
        let console = ConsoleRoutes(assets: assets, shops: DeskShopPages(desk: desk))
        router.add(middleware: console.lostPages)
        router.add(middleware: SessionMiddleware(people: people))
        PeopleRoutes(people: people, firstShop: DeskFirstShop(desk: desk)).add(to: router)
        DeskRoutes(desk).add(to: router)
        GatewayRoutes(gateway: gateway, address: GatewayAddress(settings), clock: clock).add(to: router)
        operations.add(to: router)
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
    let servers: [WebServer]

    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for (place, server) in servers.enumerated() {
                tasks.addTask {
                    // All use the same certificate, which the first may have to make.
                    if place > 0 { _ = try await servers.first?.addresses() }
                    try await server.run()
                }
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
    var hasGatewayPort: Bool { self[HouseSettings.gatewayPort] != 0 }

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
    init(_ settings: Settings, _ jobs: HouseJobs) {
        let listening = settings.listening
        self.init(
            address: listening.host, httpPort: listening.port, httpsPort: settings[HouseSettings.httpsPort],
            tls: TLSMode(settings), allowPlainHTTP: settings[HouseSettings.allowPlainHTTP], publicOrigin: settings.publicOrigin)
        provesItself = true
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
