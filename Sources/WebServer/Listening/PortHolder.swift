import FoundationEssentials

#if canImport(Glibc)
    import Glibc
#endif

/// Who listens on a port, from what Linux shows under `/proc`: no other program is asked.
enum PortHolder {
    static let unknown = "an unknown process"

    /// Like `process 4711 (nginx -g daemon off;)`.
    static func describe(port: Int) -> String {
        let sockets = listeningSockets(port: port)
        guard !sockets.isEmpty, let process = process(holding: sockets) else { return unknown }
        let command = commandLine(of: process)
        return command.isEmpty ? "process \(process)" : "process \(process) (\(command))"
    }

    /// The inodes of the sockets in state LISTEN on `port`, in the text form of `/proc/net/tcp`.
    static func inodes(in table: String, port: Int) -> Set<String> {
        var found: Set<String> = []
        for line in table.split(separator: "\n").dropFirst() {
            let columns = line.split(separator: " ", omittingEmptySubsequences: true)
            guard columns.count > 9, columns[3] == "0A", let colon = columns[1].lastIndex(of: ":") else { continue }
            if Int(columns[1][columns[1].index(after: colon)...], radix: 16) == port { found.insert(String(columns[9])) }
        }
        return found
    }

    private static func listeningSockets(port: Int) -> Set<String> {
        ["/proc/net/tcp", "/proc/net/tcp6"].reduce(into: []) { found, file in
            found.formUnion(inodes(in: text(of: file) ?? "", port: port))
        }
    }

    private static func process(holding sockets: Set<String>) -> Int? {
        let links = Set(sockets.map { "socket:[\($0)]" })
        let processes = ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { Int($0) }
        return processes.sorted().first { process in
            let folder = "/proc/\(process)/fd"
            let descriptors = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            return descriptors.contains {
                (try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)")).map(links.contains) ?? false
            }
        }
    }

    /// Cut to 120 characters, without control characters: it goes to a terminal.
    private static func commandLine(of process: Int) -> String {
        let parts = (text(of: "/proc/\(process)/cmdline") ?? "").split(separator: "\0").joined(separator: " ")
        return String(String.UnicodeScalarView(parts.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }).prefix(120))
    }

    /// Files under `/proc` have no size: read to the end.
    private static func text(of file: String) -> String? {
        guard let descriptor = try? FileHandleReading.open(file) else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 * 1_024)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            guard count > 0 else { break }
            bytes.append(contentsOf: chunk.prefix(count))
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

private enum FileHandleReading {
    struct Failure: Error {}

    static func open(_ file: String) throws -> Int32 {
        let descriptor = file.withCString { Glibc.open($0, O_RDONLY | O_CLOEXEC) }
        guard descriptor >= 0 else { throw Failure() }
        return descriptor
    }
}
