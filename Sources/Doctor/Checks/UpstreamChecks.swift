import Glibc

/// The gateway's nodes, as far as this machine can tell without asking them.
enum UpstreamChecks {
    static let all = [names, some]

    private static let names = Check("UP-001", "names of nodes that are found") { subject in
        guard subject.hasSchema else { return .skip("no database yet") }
        let nodes = try subject.upstreams().filter(\.isEnabled)
        let lost = nodes.filter { !isKnown($0.host) }
        guard let first = lost.first else { return .well(["nodes": "\(nodes.count)"]) }
        return .fail(
            "the name \(first.host) of node \(first.name) is not found",
            [Finding.Remedy("getent hosts \(first.host)"), Finding.Remedy("switchboard node list")],
            Dictionary(lost.prefix(10).map { ($0.name, $0.host) }) { first, _ in first })
    }

    private static let some = Check("UP-002", "a node that takes requests", .info) { subject in
        guard subject.hasSchema, let nodes = try? subject.upstreams() else { return .skip("no database yet") }
        guard !nodes.isEmpty else { return .skip("no nodes") }
        guard nodes.contains(where: \.isEnabled) else {
            return .warn("all \(nodes.count) nodes are disabled", [Finding.Remedy("switchboard node change --name <name> enable")])
        }
        return .well(["enabled": "\(nodes.count { $0.isEnabled })"])
    }

    private static func isKnown(_ host: String) -> Bool {
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, nil, nil, &list)
        if let list { freeaddrinfo(list) }
        return code == 0
    }
}
