import Logging
import ModelProtocol
import NIOCore
import NIOHTTP1
package import Relay
import Routing
import Vocabulary

/// The way of requests through the gateway: makes the dispatch of each, from everything that one needs.
package struct Traffic: Sendable {
    let keys: GatewayKeys
    let nodes: Nodes
    let settings: GatewaySettings
    let prices: Prices
    let ledger: Ledger
    let live: LiveBoard
    let objects: ResourceOwners
    let models: ModelLists
    let control: TrafficControl
    let connections: NodeConnections
    let clock: any WallClock
    let logger: Logger

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
