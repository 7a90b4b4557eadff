package import Hummingbird
package import Logging
package import NIOCore
package import Relay
import ServiceLifecycle
import Synchronization

/// The front of the house: HTTP/1.1, HTTP/2 under TLS, and WebSockets, on one port each for plain and TLS.
package final class WebServer: Service {
    let configuration: WebServerConfiguration
    let readiness: Readiness
    let logger: Logger
    let group: any EventLoopGroup
    private let sockets: [SocketRoute]
    private let relays: [RelayRoute]
    private let response: RouterResponse
    private let inputs: InputWatch
    private let date = DateStamp()
    private let conversations = Conversations()
    let connections: ConnectionCount
    private let spare = SpareDescriptor()
    let watches: LoopWatches
    private let bound = OnceKnown<[BoundAddress]>()
    let proof = OnceKnown<Bool>()
    private let certificate = Mutex<CertificateKeeper?>(nil)
    private let isHandingOver = Atomic(false)
    private let lastRelays = Mutex<Task<Void, Never>?>(nil)

    /// Takes the routes that `router` has now.
    package init(
        configuration: WebServerConfiguration, router: Router<RequestScope>, sockets: [SocketRoute], relays: [RelayRoute] = [],
        readiness: Readiness, eventLoopGroup: any EventLoopGroup, inputs: InputWatch = InputWatch(), logger: Logger
    ) {
        self.inputs = inputs
        self.configuration = configuration
        self.sockets = sockets
        self.relays = relays
        self.readiness = readiness
        self.logger = logger
        group = eventLoopGroup
        connections = ConnectionCount(limit: min(configuration.limits.connections, OpenFiles.connectionsThatFit()))
        watches = LoopWatches(group: eventLoopGroup)
        response = RouterResponse(
            responder: router.buildResponder(), methods: RouteMethods(of: router), sockets: sockets, configuration: configuration,
            date: date, inputs: inputs, logger: logger)
    }

    /// Where it listens; returns once bound. Throws what `run` throws when that fails.
    package func addresses() async throws -> [BoundAddress] {
        try await bound.value()
    }

    /// Open connections, for metrics and tests.
    package var openConnections: Int { connections.open }

    /// Looks at the certificate's files now instead of within ten seconds. Returns whether a new certificate is in use.
    @discardableResult
    package func reloadCertificate() -> Bool {
        certificate.withLock { $0 }?.reload() ?? false
    }

    /// Another server takes the ports over: the graceful shutdown that follows is a short one. Who asks something gets an answer, sockets are
    /// told to move and closed, and `run` goes on only for relays.
    package func willHandOver() {
        isHandingOver.store(true, ordering: .releasing)
    }

    /// Until graceful shutdown or cancellation, and then until the last connection is closed.
    ///
    /// Throws a `WebServerError` when it can't listen.
    package func run() async throws {
        let keeper: CertificateKeeper?
        let listeners: [Listener]
        do {
            keeper = try makeCertificate()
            listeners = try await listen(keeper)
        } catch {
            bound.become(.failure(error))
            proof.become(.failure(error))
            throw error
        }
        bound.become(.success(listeners.map(\.bound)))
        if !configuration.provesItself {
            readiness.become(.ready)
            proof.become(.success(true))
        }
        for listener in listeners { logger.notice("listening", metadata: ["address": "\(listener.bound.url)"]) }
        await serve(listeners, certificate: keeper)
    }

    private func makeCertificate() throws -> CertificateKeeper? {
        do {
            let keeper = try CertificateKeeper.make(for: configuration.tls, logger: logger)
            certificate.withLock { $0 = keeper }
            return keeper
        } catch let error as CertificateError {
            throw WebServerError.certificate(error)
        }
    }

    private func serve(_ listeners: [Listener], certificate: CertificateKeeper?) async {
        let sweeps = watches.sweep(every: configuration.timeouts.sweep)
        // Not a child task: when `run` is cancelled, open conversations must still be seen to their end.
        let held = Task { [conversations, response, logger] in
            await conversations.hold(responder: { try await response.answer($0, writer: $1, channel: $2) }, logger: logger)
        }
        if configuration.provesItself { await rehearse(certificate) }
        for listener in listeners { await listener.resume() }
        let chores = Task { [self] in
            await withDiscardingTaskGroup { tasks in
                if let certificate { tasks.addTask { await certificate.watch() } }
                tasks.addTask { await self.reportRefused() }
                if configuration.provesItself { tasks.addTask { await self.prove(listeners) } }
            }
        }
        try? await gracefulShutdown()
        let isHandingOver = isHandingOver.load(ordering: .acquiring)
        if isHandingOver { await handOver(listeners) } else { await drain(listeners) }
        conversations.finish()
        chores.cancel()
        await chores.value
        guard isHandingOver else {
            await end(held)
            return stopSweeping(sweeps)
        }
        // Relays live on, on their event loops, and are still looked after.
        let rest = Task { [self] in
            await waitForConnections(over: configuration.timeouts.relay)
            stopSweeping(sweeps)
            await end(held)
        }
        lastRelays.withLock { $0 = rest }
    }

    private func stopSweeping(_ sweeps: [RepeatedTask]) {
        for sweep in sweeps { sweep.cancel() }
    }

    /// After `willHandOver` and the end of `run`: returns when the last relay has ended, or its time is over.
    package func relaysEnded() async {
        await lastRelays.withLock { $0 }?.value
    }

    /// Ends the relays that are left.
    package func cutRelays() {
        watches.cutAll()
    }

    /// The connections are closed and their work is cancelled; a route that ignores that must not keep the process alive.
    private func end(_ held: Task<Void, Never>) async {
        let ended = OnceKnown<Bool>()
        let waiting = Task {
            await held.value
            ended.become(.success(true))
        }
        let alarm = Task { [patience = configuration.timeouts.drain] in
            try await Task.sleep(for: patience / 2)
            ended.become(.success(false))
        }
        if (try? await ended.value()) == true {
            alarm.cancel()
            await waiting.value
        } else {
            logger.error("left requests behind that ignore their cancellation")
        }
    }

    private func reportRefused() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: .seconds(10))
            let refused = connections.takeRefused()
            guard refused > 0 else { continue }
            logger.warning(
                "connections were refused: the house is full", metadata: ["refused": "\(refused)", "limit": "\(connections.limit)"])
        }
    }
}

// Opening the ports.
extension WebServer {
    private func listen(_ certificate: CertificateKeeper?) async throws -> [Listener] {
        let maker = maker
        var listeners: [Listener] = []
        do {
            if let certificate {
                let surroundings = surroundings(isSecure: true, redirectPort: nil)
                if let port = inherited(isSecure: true) {
                    listeners.append(try await maker.listen(on: port, surroundings: surroundings, certificate: certificate))
                } else {
                    let address = try ListenAddress.resolve(configuration.address, port: configuration.httpsPort)
                    listeners.append(try await maker.listen(on: address, surroundings: surroundings, certificate: certificate))
                }
            }
            if let port = configuration.httpPort {
                let address = try plainAddress(port: port, isRedirect: certificate != nil)
                let surroundings = surroundings(isSecure: false, redirectPort: listeners.first?.bound.port)
                if let port = inherited(isSecure: false) {
                    listeners.append(try await maker.listen(on: port, surroundings: surroundings, certificate: nil))
                } else {
                    listeners.append(try await maker.listen(on: address, surroundings: surroundings, certificate: nil))
                }
            }
        } catch {
            for listener in listeners { await listener.close() }
            throw error
        }
        return listeners
    }

    var maker: ListenerMaker {
        ListenerMaker(configuration: configuration, group: group, watches: watches, connections: connections, spare: spare, logger: logger)
    }

    private func inherited(isSecure: Bool) -> InheritedPort? {
        configuration.inherited.first { $0.isSecure == isSecure }
    }

    /// A port that only redirects carries nothing worth hiding.
    private func plainAddress(port: Int, isRedirect: Bool) throws -> SocketAddress {
        let address = try ListenAddress.resolve(configuration.address, port: port)
        guard isRedirect || configuration.allowPlainHTTP || ListenAddress.isLoopback(address) else {
            throw WebServerError.plainHTTPExposed(address: configuration.address)
        }
        return address
    }

    func surroundings(isSecure: Bool, redirectPort: Int?) -> GateSurroundings {
        GateSurroundings(
            policy: GatePolicy(
                limits: configuration.limits, sockets: redirectPort == nil ? sockets : [], relays: redirectPort == nil ? relays : [],
                redirectPort: redirectPort),
            isSecure: isSecure, configuration: configuration, date: date, conversations: conversations,
            inputs: inputs, logger: logger)
    }
}
