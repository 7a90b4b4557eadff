import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// A real MariaDB on a folder and a port of its own, for tests; it ends with the process that started it, however that ends.
package final class MariaDBServer: Sendable {
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    package static let user = "house"
    package static let password = "a lantern's light"

    package let port: Int
    private let directory: TemporaryDirectory
    private let arguments: [String]
    /// The shell that watches over the server, and our end of its life line.
    private let running = Mutex<(process: Process, lifeline: Pipe)?>(nil)

    /// Files that fill a database, by what they make of it.
    private let forms = Mutex<[Int: String]>([:])

    private static let one = Mutex<Result<MariaDBServer, any Error>?>(nil)

    /// The one that all tests of this process share, each with a database of its own. Started at the first call, which takes two seconds.
    package static func shared() throws -> MariaDBServer {
        try one.withLock { known in
            let server = known ?? Result { try MariaDBServer() }
            known = server
            return try server.get()
        }
    }

    /// - Parameter arguments: besides the usual ones.
    package init(_ arguments: [String] = []) throws {
        directory = try TemporaryDirectory()
        port = try Self.freePort()
        self.arguments = arguments
        let user = getuid() == 0 ? ["--user=root"] : []
        try Shell.run(
            [
                // A server that starts sweeps the temporary tables of others out of a folder that they share.
                "env", "TMPDIR=\(directory.path)", "mariadb-install-db", "--no-defaults", "--datadir=\(directory.path)/data",
                "--auth-root-authentication-method=normal",
                "--skip-test-db",
                "--skip-name-resolve",
            ] + user)
        try start()
        try execute("CREATE USER '\(Self.user)'@'%' IDENTIFIED BY '\(Self.password.replacingOccurrences(of: "'", with: "''"))'")
        try execute("GRANT ALL ON *.* TO '\(Self.user)'@'%'")
    }

    deinit { stop() }

    /// Makes an empty database and returns its name.
    package func makeDatabase() throws -> String {
        let name = "t_" + UUID().uuidString.replacingOccurrences(of: "-", with: "").lowercased()
        try execute("CREATE DATABASE \(name) CHARACTER SET utf8mb4")
        return name
    }

    /// Remembers what an untouched database holds, for others to be made like it.
    package func keep(_ name: String, as form: Int) throws {
        let file = "\(directory.path)/\(UUID().uuidString).sql"
        try Shell.run("mariadb-dump", "--no-defaults", "-uroot", "-S", socket, "--hex-blob", "--result-file=\(file)", name)
        forms.withLock { $0[form] = file }
    }

    /// Fills a new database with what was kept.
    /// - Returns: false where nothing was.
    package func fill(_ name: String, as form: Int) throws -> Bool {
        guard let file = forms.withLock({ $0[form] }) else { return false }
        try execute("SOURCE \(file)", in: name)
        return true
    }

    /// Runs a statement as the server's master.
    /// - Returns: the rows, their columns parted by tabs.
    @discardableResult
    package func execute(_ sql: String, in database: String? = nil) throws -> [String] {
        let text = try Shell.run(
            ["mariadb", "--no-defaults", "-uroot", "-S", socket, "-N", "-B", "-e", sql] + (database.map { [$0] } ?? []))
        return text.split(separator: "\n").map(String.init)
    }

    /// Starts it again after `stop`, on the same data and port.
    package func start() throws {
        try? FileManager.default.removeItem(atPath: directory.path + "/stopped")
        let process = Process()
        let lifeline = Pipe()
        let command =
            [
                "mariadbd", "--no-defaults", "--datadir=\(directory.path)/data", "--bind-address=127.0.0.1", "--port=\(port)",
                "--socket=\(socket)", "--pid-file=\(directory.path)/pid", "--innodb-buffer-pool-size=64M", "--skip-name-resolve",
                "--character-set-server=utf8mb4", "--max-connections=1000", "--innodb-log-file-size=16M", "--tmpdir=\(directory.path)",
                // What is committed outlives the server, if not the machine.
                "--innodb-flush-log-at-trx-commit=2", "--innodb-flush-method=nosync", "--innodb-doublewrite=0", "--sync-frm=0",
            ] + (getuid() == 0 ? ["--user=root"] : []) + arguments
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        // The line ends when we do, whatever the reason: then the server has to go as well.
        process.arguments =
            [
                "-c", "\"$@\" >\"$0/log\" 2>&1 & server=$!; read line; kill -9 $server; [ -e \"$0/stopped\" ] || rm -rf \"$0\"",
                directory.path,
            ] + command
        process.standardInput = lifeline
        try process.run()
        running.withLock { $0 = (process, lifeline) }
        for _ in 0..<600 {
            if (try? execute("SELECT 1")) == ["1"] { return }
            usleep(50_000)
        }
        throw Failure(
            description: "mariadbd did not start: \((try? String(contentsOfFile: directory.path + "/log", encoding: .utf8)) ?? "")")
    }

    /// As if the machine had lost its power.
    package func stop() {
        let last = running.withLock { running in
            defer { running = nil }
            return running
        }
        guard let last else { return }
        // The data stay for the next start; with our own end they go.
        try? directory.write("", to: "stopped")
        try? last.lifeline.fileHandleForWriting.close()
        last.process.waitUntilExit()
    }

    private var socket: String { directory.path + "/s.sock" }

    private static func freePort() throws -> Int {
        let file = Glibc.socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        defer { close(file) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(file, $0, size) == 0 && getsockname(file, $0, &size) == 0 }
        }
        guard file >= 0, isBound else { throw Failure(description: "no free port") }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
