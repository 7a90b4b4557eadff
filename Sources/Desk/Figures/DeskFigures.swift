import DeskProtocol
package import Gauges

/// What the desk counts for whoever watches it.
package final class DeskFigures: Sendable {
    let events = Family(labels: ["kind"]) { Counter() }
    let deliveries = Counter()
    let foreignReads = Counter()

    package init() {}

    func committed(_ change: Change) {
        for event in change.events { events[event.body.kind].add() }
    }

    func delivered(_ count: Int) {
        deliveries.add(count)
    }

    func readForeign() {
        foreignReads.add()
    }

    func write(to page: inout Exposition, members: Int, customers: Int) {
        page.add("switchboard_desk_events_total", "Events of conversations that were stored, by kind.", events)
        page.add("switchboard_desk_deliveries_total", "Frames handed to connections of those who follow.", deliveries)
        page.add(
            "switchboard_desk_foreign_reads_total", "Reads of what other instances wrote, each for all connections of this one.",
            foreignReads)
        page.add(
            "switchboard_desk_connections", .gauge, "Live connections of people, over sockets and long polls.",
            [([("side", "staff")], Double(members)), ([("side", "customer")], Double(customers))])
    }
}

extension DeskRoom {
    package func writeFigures(to page: inout Exposition) {
        let connections = delivery.registry.all
        let members = connections.count { $0.principal.audience == .staff }
        delivery.figures.write(to: &page, members: members, customers: connections.count - members)
    }
}
