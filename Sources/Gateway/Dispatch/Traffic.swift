import Logging
import ModelProtocol
import NIOCore
import NIOHTTP1
package import Relay
import Routing
import Vocabulary

/// The way of requests through the gateway: makes the dispatch of each, from everything that one needs. A class, for each request holds it.
package final class Traffic: Sendable {
    let keys: GatewayKeys
    let nodes: Nodes
    let settings: GatewaySettings
    let prices: Prices
    let ledger: Ledger
    let live: LiveBoard
    let objects: ResourceOwners
    let batches: BatchBooks
    let models: ModelLists
    let control: TrafficControl
    /// Nil in a house of one instance.
    let limits: LimitShares?
    let connections: NodeConnections
    let clock: any WallClock
    let logger: Logger

    init(
        keys: GatewayKeys, nodes: Nodes, settings: GatewaySettings, prices: Prices, ledger: Ledger, live: LiveBoard,
        objects: ResourceOwners, batches: BatchBooks, models: ModelLists, control: TrafficControl, limits: LimitShares?,
        connections: NodeConnections,
        clock: any WallClock, logger: Logger
    ) {
        self.keys = keys
        self.nodes = nodes
        self.settings = settings
        self.prices = prices
        self.ledger = ledger
        self.live = live
        self.objects = objects
        self.batches = batches
        self.models = models
        self.control = control
        self.limits = limits
        self.connections = connections
        self.clock = clock
        self.logger = logger
    }

    /// What the web server's gate is given.
    package var route: RelayRoute {
        RelayRoute(
            connections: connections,
            takes: { method, path in ModelRoute.isForRelay(method.rawValue, path) },
            open: { [self] in RequestDispatch($0, traffic: self) })
    }

    /// Both clocks for decisions; `now` is the relay's.
    func reading(_ now: NIODeadline) -> ClockReading {
        ClockReading(moment: now.moment, wall: clock.now())
    }
}

extension NIODeadline {
    var moment: Moment { Moment(nanoseconds: uptimeNanoseconds) }
}

extension TimeAmount {
    init(_ duration: Duration) {
        let parts = duration.components
        self = .nanoseconds(parts.seconds &* 1_000_000_000 &+ parts.attoseconds / 1_000_000_000)
    }
}
