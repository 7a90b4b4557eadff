package import NIOCore

/// Connections to nodes: kept for each target on each event loop, so that a client's request never leaves its own.
package final class NodeConnections: Sendable {
    private let loops: [ObjectIdentifier: NIOLoopBoundBox<RelayLoop>]
    private let eventLoops: [any EventLoop]
    let group: any EventLoopGroup

    /// How many there are, for metrics and tests.
    package struct Census: Sendable, Equatable {
        /// In whatever state, idle ones among them.
        package var connections = 0
        package var idle = 0
        /// Clients' requests under way.
        package var exchanges = 0

        package init(connections: Int = 0, idle: Int = 0, exchanges: Int = 0) {
            self.connections = connections
            self.idle = idle
            self.exchanges = exchanges
        }
    }

    /// - Parameter group: the web server's.
    package init(group: any EventLoopGroup, rules: NodeConnectionRules = NodeConnectionRules()) throws(RelayError) {
        let tls = try rules.makeTLS()
        var loops: [ObjectIdentifier: NIOLoopBoundBox<RelayLoop>] = [:]
        var eventLoops: [any EventLoop] = []
        for eventLoop in group.makeIterator() {
            let loop = RelayLoop(eventLoop: eventLoop, rules: rules, tls: tls)
            loops[ObjectIdentifier(eventLoop)] = .makeBoxSendingValue(loop, eventLoop: eventLoop)
            eventLoops.append(eventLoop)
        }
        self.group = group
        self.loops = loops
        self.eventLoops = eventLoops
    }

    /// On `eventLoop`; nil for one of another group.
    func loop(of eventLoop: any EventLoop) -> RelayLoop? {
        loops[ObjectIdentifier(eventLoop)]?.value
    }

    /// Closes what is idle; what is busy closes when it is through.
    package func close() async {
        await each { $0.close() }
    }

    package func census() async -> Census {
        await each { Census(connections: $0.openConnections, idle: $0.idleConnections, exchanges: $0.openExchanges) }
            .reduce(into: Census()) {
                $0.connections += $1.connections
                $0.idle += $1.idle
                $0.exchanges += $1.exchanges
            }
    }

    @discardableResult
    private func each<Value: Sendable>(_ act: @escaping @Sendable (RelayLoop) -> Value) async -> [Value] {
        var values: [Value] = []
        for eventLoop in eventLoops {
            if let value = try? await eventLoop.submit({ self.loop(of: eventLoop).map(act) }).get() { values.append(value) }
        }
        return values
    }
}
