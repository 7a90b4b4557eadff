import Glibc
import Host

/// A port that this process listens on, for its workers to accept from.
struct OpenPort {
    /// As it was asked for.
    let wanted: PortPlan
    /// As it is: with the real number where any was asked for.
    let bound: PortPlan
    let descriptor: Int32

    /// Milliseconds that a worker whose supervisor died gets to let go of the port.
    private static let orphanTime: Int64 = 3_000
    /// For one that nobody can be seen to hold: its holder may just have closed it.
    private static let unseenTime: Int64 = 300

    private static func patience(with holder: PortHolder?) -> Int64 {
        guard let holder else { return unseenTime }
        return holder.isLeaving ? orphanTime : 0
    }

    /// Takes the port, or says who has it. Never one that a living process listens on: no `SO_REUSEPORT`.
    static func open(_ wanted: PortPlan) throws(PortFailure) -> OpenPort {
        let began = Clock.now
        while true {
            do {
                return try bindNow(wanted)
            } catch {
                guard case .taken(_, let holder) = error, Clock.now - began < patience(with: holder) else { throw error }
                usleep(10_000)
            }
        }
    }

    private static func bindNow(_ wanted: PortPlan) throws(PortFailure) -> OpenPort {
        guard let address = SocketAddress(wanted.address, port: wanted.port) else { throw .unusable(wanted, "it is no address") }
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(address.family, kind, 0)
        guard descriptor >= 0 else { throw .failed(wanted, errno) }
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        guard address.use({ bind(descriptor, $0, $1) }) == 0, listen(descriptor, 1_024) == 0 else {
            let failure = PortFailure(errno, wanted)
            close(descriptor)
            throw failure
        }
        let port = SocketAddress.port(of: descriptor) ?? wanted.port
        return OpenPort(
            wanted: wanted, bound: PortPlan(isSecure: wanted.isSecure, address: wanted.address, port: port), descriptor: descriptor)
    }

    /// Those of `wanted` that the service manager opened for us (sd_listen_fds(3)), by their place in `wanted`.
    static func inherited(_ wanted: [PortPlan]) -> [Int: OpenPort] {
        guard number("LISTEN_PID") == Int(getpid()), let count = number("LISTEN_FDS"), (1...64).contains(count) else { return [:] }
        var found: [Int: OpenPort] = [:]
        for descriptor in Int32(3)..<Int32(3 + count) {
            guard let (address, port) = SocketAddress.name(of: descriptor) else { continue }
            let place = wanted.indices.first { index in
                found[index] == nil && wanted[index].port == port && (wanted[index].address == address)
            }
            guard let place else { continue }
            _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
            found[place] = OpenPort(wanted: wanted[place], bound: wanted[place], descriptor: descriptor)
        }
        return found
    }

    private static func number(_ variable: String) -> Int? {
        getenv(variable).flatMap { Int(String(cString: $0)) }
    }
}

extension PortHolder {
    /// A worker of ours that has lost its supervisor and is on its way out.
    fileprivate var isLeaving: Bool {
        isOurs && process.commandLine.split(separator: " ").dropFirst().first == "worker"
    }
}

/// Why a port could not be had.
enum PortFailure: Error {
    case taken(PortPlan, PortHolder?)
    case forbidden(PortPlan)
    case unusable(PortPlan, String)
    case failed(PortPlan, Int32)

    init(_ number: Int32, _ wanted: PortPlan) {
        switch number {
        case EADDRINUSE: self = .taken(wanted, PortHolder.find(port: Int(wanted.port)))
        case EACCES, EPERM: self = .forbidden(wanted)
        case EADDRNOTAVAIL: self = .unusable(wanted, "this machine does not have it")
        default: self = .failed(wanted, number)
        }
    }

    /// 69 for a port that somebody has, 78 for one that the settings should not name.
    var exitCode: Int32 {
        if case .taken = self { 69 } else { 78 }
    }

    /// One sentence that says what to do, with its code.
    var sentence: String {
        switch self {
        case .taken(let port, let holder):
            "port \(port.port) on \(port.address) is held by \(holder?.sentence ?? PortHolder.unknown): stop it or choose another port"
                + " [web.port_taken]"
        case .forbidden(let port):
            "this user may not listen on port \(port.port) of \(port.address): choose a port from 1024 up or grant CAP_NET_BIND_SERVICE"
                + " [web.port_forbidden]"
        case .unusable(let port, let reason): "can't listen on the address \(port.address): \(reason) [web.address_unusable]"
        case .failed(let port, let number):
            "can't listen on port \(port.port) of \(port.address): \(String(cString: strerror(number))) [web.bind_failed]"
        }
    }
}
