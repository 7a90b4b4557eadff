package import Desk
package import Hummingbird
package import WebServer

/// All HTTP routes of the desk.
package struct DeskRoutes: Sendable {
    private let desk: DeskRoom

    package init(_ desk: DeskRoom) {
        self.desk = desk
    }

    package func add(to router: Router<RequestScope>) {
        let sync = SyncRoutes(desk: desk)
        let staff = router.group("api").add(middleware: DeskProblems())
        StaffRoutes(desk: desk).add(to: staff)
        ShopRoutes(desk: desk).add(to: staff)
        staff.get("sync", use: sync.staff)
        let widget = router.group("api/widget").add(middleware: DeskProblems())
        WidgetRoutes(desk: desk).add(to: widget)
        widget.get(":shop/sync", use: sync.customer)
    }
}
