import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// A real redis-server with a folder and a port of its own; it ends with this object, and with the process of the tests.
package final class RedisServer: Sendable {
    package struct Failed: Error, CustomStringConvertible {
        package let description: String
    }

    /// Passwords, certificates and the like, as on the server's command line.
    package let options: [String]
    package var port: Int { chosen.withLock { $0 } }
    package let directory: TemporaryDirectory
    private let isSecure: Bool
    private let chosen = Mutex(0)
    private let starts = Mutex(0)
    /// The server's own id, and the line on which the shell beside it waits for our end.
    private let running = Mutex<(pid: pid_t, line: FileHandle)?>(nil)

    /// Started and reachable.
    /// - Parameter isSecure: with TLS, by the `certificate` of the folder.
    package init(_ options: [String] = [], isSecure: Bool = false, directory: TemporaryDirectory? = nil) async throws {
        self.options = options
        self.isSecure = isSecure
        self.directory = try directory ?? TemporaryDirectory()
        for attempt in 0..<20 {
            // Below the ports that connections get: nobody takes it while the server is down.
            chosen.withLock { $0 = Int.random(in: 20_000..<32_000) }
            do {
                try await start()
                return
            } catch  where attempt < 19 {
                kill()
            }
        }
    }

    deinit { kill() }

    /// After `kill`: on the same port, with nothing in it.
    package func start() async throws {
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        // The shell reads a line that never comes: it ends when nobody is left who could write it.
        let script = #"log=$1; shift; redis-server "$@" >>"$log" 2>&1 & echo $!; read line; kill -9 $!"#
        let log = starts.withLock { starts in
            starts += 1
            return "log-\(starts)"
        }
        shell.arguments = ["-c", script, "sh", directory.path + "/" + log] + arguments
        let (input, output) = (Pipe(), Pipe())
        shell.standardInput = input
        shell.standardOutput = output
        shell.standardError = FileHandle.nullDevice
        try shell.run()
        let said = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        guard let pid = pid_t(said.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw Failed(description: "redis-server could not be started: \(said)")
        }
        running.withLock { $0 = (pid, input.fileHandleForWriting) }
        try await waitUntilReady(log)
    }

    /// At once, as a lost machine.
    package func kill() {
        let last = running.withLock { running in
            defer { running = nil }
            return running
        }
        guard let last else { return }
        _ = Glibc.kill(last.pid, SIGKILL)
        try? last.line.close()
    }

    /// It is there, but does nothing, until `resume`.
    package func stall() {
        running.withLock { if let pid = $0?.pid { _ = Glibc.kill(pid, SIGSTOP) } }
    }

    package func resume() {
        running.withLock { if let pid = $0?.pid { _ = Glibc.kill(pid, SIGCONT) } }
    }

    /// Makes a certificate and its key in `directory`, for the names given as in `DNS:localhost,IP:127.0.0.1`.
    package static func makeCertificate(for names: String, in directory: TemporaryDirectory) throws {
        try Shell.run(
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
            "/CN=Lantern", "-addext", "subjectAltName=\(names)", "-keyout", directory.path + "/key.pem", "-out",
            directory.path + "/certificate.pem")
    }

    private var arguments: [String] {
        let folder = directory.path
        let ports =
            isSecure
            ? [
                "--port", "0", "--tls-port", "\(port)", "--tls-cert-file", folder + "/certificate.pem", "--tls-key-file",
                folder + "/key.pem", "--tls-ca-cert-file", folder + "/certificate.pem", "--tls-auth-clients", "no",
            ] : ["--port", "\(port)"]
        return ["--bind", "127.0.0.1", "--dir", folder, "--save", "", "--appendonly", "no"] + ports + options
    }

    /// By its own words: what answers at the port could be somebody else's.
    private func waitUntilReady(_ log: String) async throws {
        let end = ContinuousClock.now + .seconds(20)
        while true {
            let said = String(decoding: (try? directory.bytes(of: log)) ?? [], as: UTF8.self)
            if said.contains("Ready to accept connections") { return }
            guard ContinuousClock.now < end, !said.contains("Failed listening") else {
                throw Failed(description: "redis-server does not come up: \(said)")
            }
            try await Task.sleep(for: .milliseconds(10))
        }
    }
}
