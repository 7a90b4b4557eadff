import DeskProtocol
package import Gauges
import Synchronization

/// What the desk counts for whoever watches it.
package final class DeskFigures: Sendable {
    let events = Family(labels: ["kind"]) { Counter() }
    let deliveries = Counter()
    let foreignReads = Counter()
    let searchTexts = Counter()
    private let searchBehind = Atomic<Int64>(0)

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

    func searchTook(_ texts: Int) {
        searchTexts.add(texts)
    }

    /// - Parameter changes: numbers of all feeds that are not in the index yet.
    func searchIsBehind(_ changes: Int64) {
        searchBehind.store(changes, ordering: .relaxed)
    }

    func write(to page: inout Exposition, members: Int, customers: Int) {
        page.add("switchboard_desk_events_total", "Events of conversations that were stored, by kind.", events)
        page.add("switchboard_desk_deliveries_total", "Frames handed to connections of those who follow.", deliveries)
        page.add(
            "switchboard_desk_foreign_reads_total", "Reads of what other instances wrote, each for all connections of this one.",
            foreignReads)
        page.add(
            "switchboard_desk_search_texts_total", "Messages, notes and customers that were brought into the search's index.", searchTexts)
        page.add(
            "switchboard_desk_search_behind", .gauge, "Changes of conversations that the search's index did not have yet at its last look.",
            [([], Double(searchBehind.load(ordering: .relaxed)))])
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
