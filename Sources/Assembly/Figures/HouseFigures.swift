import Desk
import Fleet
import Gauges
import Gateway
import Host
import People
import Routing
import Settings
import Storage
import Vocabulary
import WebServer

/// Everything that `GET /metrics` shows. Names and units by Prometheus's conventions (prometheus.io/docs/practices/naming).
struct HouseFigures: Sendable {
    let house: House
    let web: WebFigures

    func page() async -> Exposition {
        var page = Exposition()
        page.add("switchboard_build_info", .gauge, "1, with the version as a label.", [([("version", House.version)], 1)])
        ProcessFigures.write(to: &page)
        web.write(to: &page)
        house.desk.writeFigures(to: &page)
        house.gateway.live.figures.write(to: &page)
        await writeNodes(to: &page)
        house.database.figures.write(to: &page)
        house.bus.link?().write(to: &page)
        writeFiles(to: &page)
        return page
    }

    private func writeNodes(to page: inout Exposition) async {
        guard let workspaces = try? await house.people.workspaces.all() else { return }
        var up: [(labels: [(String, String)], value: Double)] = []
        var running: [(labels: [(String, String)], value: Double)] = []
        for workspace in workspaces.prefix(100) {
            let names = Dictionary(house.gateway.nodes.nodes(of: workspace.id).map { ($0.id, $0.name) }) { first, _ in first }
            for node in house.gateway.control.snapshot(of: workspace.id, at: house.gateway.health.moment)?.nodes.prefix(200) ?? [] {
                let labels = [("workspace", workspace.name), ("node", names[node.id] ?? "\(node.id)")]
                up.append((labels + [("state", node.state.name)], 1))
                running.append((labels, Double(node.inFlight)))
            }
        }
        page.add("switchboard_gateway_node_state", .gauge, "1 for the state that a node is in.", up)
        page.add("switchboard_gateway_node_requests_in_flight", .gauge, "Requests that run at a node now.", running)
    }

    private func writeFiles(to page: inout Exposition) {
        let engine = house.database.engine
        page.add(
            "switchboard_database_info", .gauge, "1, with the engine as labels.",
            [([("engine", engine.name), ("version", engine.version)], 1)])
        if house.database.isSingleHouse {
            let sizes = [("database", ""), ("log", "-wal")].compactMap { label, ending in
                FileFacts(house.database.place + ending).map { (labels: [("file", label)], value: Double($0.size)) }
            }
            page.add("switchboard_database_file_bytes", .gauge, "The database and its write-ahead log.", sizes)
        }
        page.add(
            "switchboard_instances", .gauge, "Instances that work on this database, this one included.",
            Double(house.fleet.others.count + 1))
        page.add("switchboard_database_waiting_writes", .gauge, "Writes in the queue of the writer.", Double(house.database.waitingWrites))
        guard let disk = DiskFacts(house.settings[HouseSettings.dataDirectory]) else { return }
        page.add("switchboard_data_free_bytes", .gauge, "Room on the data directory's disk.", Double(disk.free))
        page.add("switchboard_data_size_bytes", .gauge, "Size of the data directory's disk.", Double(disk.size))
    }
}
