import Host

/// Where the server would listen.
enum PortChecks {
    static let all = [owner, address, backlog, privileged]

    private static let owner = Check("PORT-001", "ports that are ours or free", .critical) { subject in
        var evidence: [String: String] = [:]
        for listen in subject.listens where listen.port > 0 {
            guard isTaken(listen.port) else {
                evidence[listen.setting] = "\(listen.port) is free"
                continue
            }
            let holder = PortHolder.find(port: listen.port)
            evidence[listen.setting] = "\(listen.port): \(holder?.sentence ?? PortHolder.unknown)"
            if let holder, isThisHouse(holder, subject) { continue }
            let told =
                holder.map { $0.isOurs ? "another Switchboard: \($0.sentence)" : $0.sentence }
                ?? "a process that this user may not look into"
            return .fail(
                "port \(listen.port) (\(listen.setting)) is held by \(told)",
                [
                    Finding.Remedy("stop that program, or choose another \(listen.setting)"),
                    holder.map { Finding.Remedy("kill \($0.process.id)", risk: "ends that program") },
                ].compactMap { $0 }, evidence)
        }
        return .well(evidence)
    }

    /// The process that signed this data directory's lock, or its supervisor.
    private static func isThisHouse(_ holder: PortHolder, _ subject: Subject) -> Bool {
        guard holder.isOurs else { return false }
        return ProcessChecks.family(of: subject).contains(holder.process.id)
    }

    private static func isTaken(_ port: Int) -> Bool {
        ["/proc/net/tcp", "/proc/net/tcp6"].contains {
            !PortHolder.inodes(in: ProcFile.text($0, limit: 16 * 1_024 * 1_024) ?? "", port: port).isEmpty
        }
    }

    private static let address = Check("PORT-002", "an address that this machine has", .critical) { subject in
        guard let listen = subject.listens.first else { return .skip("nothing listens") }
        switch LocalAddress.find(listen.host) {
        case .here: return .well(["bind": listen.host])
        case .elsewhere:
            return .fail(
                "BIND=\(listen.host) is no address of this machine", [Finding.Remedy("ip -brief address"), Finding.Remedy("BIND=0.0.0.0")],
                ["bind": listen.host])
        case .unknown: return .fail("BIND=\(listen.host) is no address and no known name", [Finding.Remedy("BIND=127.0.0.1")])
        }
    }

    private static let backlog = Check("PORT-003", "room for connections that wait", .info) { _ in
        guard let most = ProcFile.text("/proc/sys/net/core/somaxconn").flatMap({ Int($0.filter(\.isNumber)) }) else {
            return .unknown("net.core.somaxconn can't be read")
        }
        guard most < 1_024 else { return .well(["somaxconn": "\(most)"]) }
        return .warn(
            "the kernel keeps only \(most) waiting connections of the 1024 that the server asks for: fewer survive a restart",
            [Finding.Remedy("sysctl -w net.core.somaxconn=4096")], ["somaxconn": "\(most)"])
    }

    private static let privileged = Check("PORT-004", "ports that this user may open", .critical) { subject in
        guard ProcessChecks.user != 0,
            let least = ProcFile.text("/proc/sys/net/ipv4/ip_unprivileged_port_start").flatMap({ Int($0.filter(\.isNumber)) }),
            let listen = subject.listens.first(where: { (1..<least).contains($0.port) }), !hasBindCapability
        else { return .well() }
        return .fail(
            "\(listen.setting)=\(listen.port) is below \(least): only root or CAP_NET_BIND_SERVICE may open it",
            [Finding.Remedy("AmbientCapabilities=CAP_NET_BIND_SERVICE in the unit, or a port from \(least) on")])
    }

    /// Bit 10 of the effective set (capabilities(7)).
    private static var hasBindCapability: Bool {
        let line = (ProcFile.text("/proc/self/status") ?? "").split(separator: "\n").first { $0.hasPrefix("CapEff:") }
        guard let bits = line.flatMap({ UInt64($0.dropFirst(7).filter { !$0.isWhitespace }, radix: 16) }) else { return false }
        return bits & (1 << 10) != 0
    }
}
