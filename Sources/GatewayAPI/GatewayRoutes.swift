package import Gateway
package import Hummingbird
package import Vocabulary
package import WebServer

/// The routes of the gateway's administration (docs/gateway-api.md): they translate, the room decides.
package struct GatewayRoutes: Sendable {
    private let gateway: GatewayRoom
    private let address: GatewayAddress
    private let clock: any WallClock

    package init(gateway: GatewayRoom, address: GatewayAddress = GatewayAddress(), clock: any WallClock = SystemClock()) {
        self.gateway = gateway
        self.address = address
        self.clock = clock
    }

    /// Adds all of them. The session middleware and the check of the request's origin stand before.
    package func add(to router: Router<RequestScope>) {
        let group = router.group("api/gateway").add(middleware: GatewayProblems())
        NodeRoutes(gateway: gateway, clock: clock).add(to: group)
        KeyRoutes(gateway: gateway, clock: clock).add(to: group)
        RequestRoutes(gateway: gateway).add(to: group)
        UsageRoutes(gateway: gateway, clock: clock).add(to: group)
        PriceRoutes(gateway: gateway, clock: clock).add(to: group)
        HouseRoutes(gateway: gateway, address: address).add(to: group)
    }
}
