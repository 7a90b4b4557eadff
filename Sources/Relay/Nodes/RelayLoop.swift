import NIOCore
import NIOPosix
import NIOSSL

/// What the relay keeps for one event loop: connections to nodes, exchanges under way, and one coarse sweep over their deadlines.
///
/// Belongs to its loop: use it there only.
final class RelayLoop {
    let eventLoop: any EventLoop
    let rules: NodeConnectionRules
    let responseLimits: ResponseLimits
    private let tls: NIOSSLContext
    private var pools: [NodeTarget: [NodeConnection]] = [:]
    private var dials: [ObjectIdentifier: Dial] = [:]
    private var exchanges = ExchangeTable()
    private var sweeping: Scheduled<Void>?
    /// Only idle connections are watched, and they have time.
    private var isSlow = false
    private var nextChore = NIODeadline.distantPast
    private var isClosed = false
    /// Channels to nodes, in whatever state.
    private(set) var openConnections = 0

    /// Half of what a timer may be late, and some air.
    private static let interval = TimeAmount.milliseconds(40)
    private static let slowInterval = TimeAmount.seconds(1)

    init(eventLoop: any EventLoop, rules: NodeConnectionRules, tls: NIOSSLContext) {
        self.eventLoop = eventLoop
        self.rules = rules
        self.tls = tls
        responseLimits = ResponseLimits(head: rules.headLimit, fields: rules.fieldLimit)
    }

    var idleConnections: Int { pools.values.reduce(0) { $0 + $1.count } }
    var openExchanges: Int { exchanges.count }

    func opened() {
        openConnections += 1
    }

    func closed() {
        openConnections -= 1
    }
}

// Kept connections.
extension RelayLoop {
    /// The one that was used last: the others may grow old and go. One that the node has closed meanwhile is no use and never handed out.
    func take(_ target: NodeTarget) -> NodeConnection? {
        while let connection = pools[target]?.popLast() {
            if connection.isUsable { return connection }
            connection.close()
        }
        return nil
    }

    func keep(_ connection: NodeConnection) {
        guard !isClosed, pools[connection.target]?.count ?? 0 < rules.keptPerTarget else { return connection.close() }
        connection.kept(at: .now())
        pools[connection.target, default: []].append(connection)
        if sweeping == nil { schedule(isSlow: true) }
    }

    func drop(_ connection: NodeConnection) {
        pools[connection.target]?.removeAll { $0 === connection }
        connection.close()
    }

    /// Closes what is idle, now and from now on.
    func close() {
        isClosed = true
        let idle = pools.values.joined()
        pools = [:]
        for connection in idle { connection.close() }
    }
}

// New connections.
extension RelayLoop {
    /// Tells the dial's user, perhaps before this returns.
    func run(_ dial: Dial) {
        dials[ObjectIdentifier(dial)] = dial
        sweepSoon()
        connect(dial.target, timeout: dial.deadline - .now()).assumeIsolated().whenComplete { result in
            switch result {
            case .success(let channel): self.connected(channel, dial: dial)
            case .failure(let error): self.failed(dial, AttemptFailure(AttemptFailure.Kind(error), wasSent: false, detail: "\(error)"))
            }
        }
    }

    /// The dial is over; returns who waits for it.
    func finished(_ dial: Dial) -> (any NodeUser)? {
        dials[ObjectIdentifier(dial)] = nil
        return dial.end()
    }

    private func failed(_ dial: Dial, _ failure: AttemptFailure) {
        finished(dial)?.dialFailed(failure)
    }

    private func connected(_ channel: any Channel, dial: Dial) {
        if let connection = try? channel.pipeline.syncOperations.handler(type: NodeConnection.self) {
            connection.connected(for: dial)
        } else {
            // It closed at the same moment.
            channel.close(promise: nil)
            failed(dial, AttemptFailure(.closed, wasSent: false, detail: "the node closed before the connection was ready"))
        }
    }

    private func connect(_ target: NodeTarget, timeout: TimeAmount) -> EventLoopFuture<any Channel> {
        let me = NIOLoopBound(self, eventLoop: eventLoop)
        let bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(max(timeout, .milliseconds(1)))
            // A node that vanished in the middle of a silent stream is noticed some day.
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try me.value.furnish(channel, target: target) }
            }
        if let address = try? SocketAddress(ipAddress: target.host, port: target.port) { return bootstrap.connect(to: address) }
        return bootstrap.connect(host: target.host, port: target.port)
    }

    private func furnish(_ channel: any Channel, target: NodeTarget) throws {
        let pipeline = channel.pipeline.syncOperations
        if target.isSecure { try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: target.serverName)) }
        try pipeline.addHandler(NodeConnection(target: target, home: self))
    }
}

extension NodeTarget {
    /// What SNI and the certificate's check use; nil for an IP address, which the certificate must then hold.
    var serverName: String? {
        if (try? SocketAddress(ipAddress: host, port: port)) != nil { return nil }
        return host.hasSuffix(".") ? String(host.dropLast()) : host
    }
}

// Exchanges and time.
extension RelayLoop {
    func enter(_ exchange: RelayExchange) -> ExchangeID {
        sweepSoon()
        return exchanges.add(exchange)
    }

    func leave(_ id: ExchangeID) {
        exchanges.remove(id)
    }

    func wake(_ id: ExchangeID) {
        exchanges[id]?.woken()
    }

    private func sweepSoon() {
        guard sweeping == nil || isSlow else { return }
        sweeping?.cancel()
        schedule(isSlow: false)
    }

    private func schedule(isSlow: Bool) {
        self.isSlow = isSlow
        sweeping = eventLoop.assumeIsolated().scheduleTask(in: isSlow ? Self.slowInterval : Self.interval) { self.sweep() }
    }

    /// Goes on while there is anything to look at.
    private func sweep() {
        sweeping = nil
        let now = NIODeadline.now()
        let table = exchanges
        table.each { $0.look(at: now) }
        for dial in dials.values where dial.deadline <= now { expire(dial) }
        if now >= nextChore {
            nextChore = now + .seconds(1)
            closeOld(at: now)
        }
        guard sweeping == nil else { return }
        if exchanges.count > 0 || !dials.isEmpty { schedule(isSlow: false) } else if !pools.isEmpty { schedule(isSlow: true) }
    }

    private func expire(_ dial: Dial) {
        let connection = dial.connection
        let user = finished(dial)
        connection?.close()
        user?.dialFailed(AttemptFailure(.connectTimeout, wasSent: false, detail: "no connection in time"))
    }

    /// The last in each pool is the youngest.
    private func closeOld(at now: NIODeadline) {
        for (target, pool) in pools {
            let old = pool.prefix { now - $0.idleSince > rules.keptFor || !$0.isUsable }
            pools[target] = old.count == pool.count ? nil : Array(pool.dropFirst(old.count))
            for connection in old { connection.close() }
        }
    }
}
