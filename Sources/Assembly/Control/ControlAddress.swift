import Glibc

/// Where the running server takes orders: a socket in its data directory that only its own user can open.
///
/// A socket's path may have 107 bytes (unix(7)), a data directory more: the directory is opened and named through /proc/self/fd.
struct ControlAddress: ~Copyable {
    static let fileName = "control.sock"

    private let directory: CInt
    /// Short enough to bind and connect.
    var path: String { "/proc/self/fd/\(directory)/\(Self.fileName)" }

    /// Nil when the directory can't be opened.
    init?(directory path: String) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        directory = descriptor
    }

    deinit { close(directory) }

    /// A socket that an ended server left behind would be in the way of the next.
    func removeLeftover() {
        unlinkat(directory, Self.fileName, 0)
    }

    /// A socket that is bound here and only its owner may connect to; nil when that can't be had.
    ///
    /// Its mode is set before it has a name (unix(7): the name gets it), so that nobody else gets in between, and the process's umask,
    /// which other threads make files by, stays as it is.
    func bound() -> CInt? {
        let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        let isBound = fchmod(descriptor, 0o600) == 0 && withAddress { bind(descriptor, $0, $1) == 0 }
        guard isBound else {
            close(descriptor)
            return nil
        }
        return descriptor
    }

    /// A socket that is connected to who listens here; nil when nobody does.
    func connected() -> CInt? {
        let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        guard withAddress({ connect(descriptor, $0, $1) == 0 }) else {
            close(descriptor)
            return nil
        }
        return descriptor
    }

    private func withAddress(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Bool) -> Bool {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes.prefix($0.count - 1)) }
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
    }
}
