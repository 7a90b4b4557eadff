import Glibc

/// Tells systemd how we are (sd_notify(3)): a datagram to the socket that `NOTIFY_SOCKET` names.
struct ServiceManager {
    private let path: String?
    /// Milliseconds between two signs of life; nil: none are wanted.
    let watchdog: Int64?

    init() {
        path = Self.variable("NOTIFY_SOCKET").flatMap { $0.hasPrefix("/") || $0.hasPrefix("@") ? $0 : nil }
        let isForUs = Self.variable("WATCHDOG_PID").map { $0 == "\(getpid())" } ?? true
        let period = Self.variable("WATCHDOG_USEC").flatMap { Int64($0) }
        watchdog = isForUs && path != nil ? period.map { max(100, $0 / 2_000) } : nil
    }

    func tell(_ notice: Notice) {
        switch notice {
        case .ready: send("READY=1\nMAINPID=\(getpid())", isWorthWaiting: true)
        case .reloading: send("RELOADING=1\nMONOTONIC_USEC=\(Clock.now * 1_000)", isWorthWaiting: true)
        case .stopping: send("STOPPING=1", isWorthWaiting: true)
        case .status(let text): send("STATUS=\(text.replacing("\n", with: " "))")
        }
    }

    func isAlive() { send("WATCHDOG=1") }

    /// - Parameter isWorthWaiting: the manager acts on it: half a second is waited for room in its queue.
    private func send(_ text: String, isWorthWaiting: Bool = false) {
        guard let path else { return }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var patience = timeval(tv_sec: 0, tv_usec: isWorthWaiting ? 500_000 : 1)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var name = Array(path.utf8.prefix(107))
        // A name that begins with @ is in the abstract namespace: there it begins with NUL.
        if name.first == UInt8(ascii: "@") { name[0] = 0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        let size = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
        let bytes = Array(text.utf8)
        withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), $0, size)
            }
        }
    }

    private static func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }
}
