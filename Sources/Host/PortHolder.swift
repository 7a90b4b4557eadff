/// Who listens on a port, from what Linux shows under `/proc`: no other program is asked.
package struct PortHolder: Sendable, Equatable {
    package static let unknown = "an unknown process"

    package let process: ProcessFacts
    /// It is Switchboard, of this or another release.
    package let isOurs: Bool

    /// Nil: nobody listens, or it is a process that we may not look into (another user's, or one outside of this container).
    package static func find(port: Int) -> PortHolder? {
        let sockets = listeningSockets(port: port)
        guard !sockets.isEmpty, let id = process(holding: sockets), let process = ProcessFacts.read(id) else { return nil }
        return PortHolder(process: process, isOurs: isOurs(process, own: ProcFile.link("/proc/self/exe")))
    }

    /// Like `process 4711 (nginx -g daemon off;), user 33, container 0123456789ab`.
    package static func describe(port: Int) -> String {
        find(port: port)?.sentence ?? unknown
    }

    /// Like `process 4711 (switchboard serve), user 0, started 12 minutes ago: our own older release`.
    package var sentence: String {
        var sentence = "process \(process.id) (\(process.title)), user \(process.user)"
        if let container = process.container { sentence += ", container \(container)" }
        if let startedAt = process.startedAt { sentence += ", started \(Age.text(milliseconds: Age.now - startedAt)) ago" }
        if isOurs { sentence += process.isProgramGone ? ": our own older release" : ": our own, started earlier" }
        return sentence
    }

    /// The inodes of the sockets in state LISTEN on `port`, in the text form of `/proc/net/tcp`.
    package static func inodes(in table: String, port: Int) -> Set<String> {
        var found: Set<String> = []
        for line in table.split(separator: "\n").dropFirst() {
            let columns = line.split(separator: " ", omittingEmptySubsequences: true)
            guard columns.count > 9, columns[3] == "0A", let colon = columns[1].lastIndex(of: ":") else { continue }
            if Int(columns[1][columns[1].index(after: colon)...], radix: 16) == port { found.insert(String(columns[9])) }
        }
        return found
    }

    /// By its file, or by the name that it was started by where we may not see its file.
    static func isOurs(_ process: ProcessFacts, own: String?) -> Bool {
        if let own, process.executable == own || process.executable == own + " (deleted)" { return true }
        if let name = process.programName { return name == "switchboard" }
        let first = process.commandLine.split(separator: " ").first ?? ""
        return first.split(separator: "/").last == "switchboard"
    }

    private static func listeningSockets(port: Int) -> Set<String> {
        ["/proc/net/tcp", "/proc/net/tcp6"].reduce(into: []) { found, file in
            found.formUnion(inodes(in: ProcFile.text(file, limit: 16 * 1_024 * 1_024) ?? "", port: port))
        }
    }

    /// Of several holders (a parent that hands its sockets to children) the oldest number.
    private static func process(holding sockets: Set<String>) -> Int32? {
        let links = Set(sockets.map { "socket:[\($0)]" })
        return ProcFile.numbers(in: "/proc").first { process in
            ProcFile.numbers(in: "/proc/\(process)/fd").contains { descriptor in
                ProcFile.link("/proc/\(process)/fd/\(descriptor)").map(links.contains) ?? false
            }
        }
    }
}
