import Glibc

/// Where a running process takes orders: a socket in the data directory that only its own user can open.
///
/// A socket's path may have 107 bytes (unix(7)), a data directory more: the directory is opened and named through /proc/self/fd.
package struct DoorAddress: ~Copyable {
    /// The supervisor's.
    package static let supervisor = "supervisor.sock"
    /// The worker's.
    package static let control = "control.sock"

    private let directory: Int32
    private let file: String
    /// Short enough to bind and connect.
    private var path: String { "/proc/self/fd/\(directory)/\(file)" }

    /// Nil when the directory can't be opened.
    package init?(directory path: String, file: String) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        directory = descriptor
        self.file = file
    }

    deinit { close(directory) }

    /// A socket that an ended process left behind would be in the way of the next.
    package func removeLeftover() {
        unlinkat(directory, file, 0)
    }

    /// A socket that is bound here and only its owner may connect to; nil when that can't be had.
    ///
    /// Its mode is set before it has a name (unix(7): the name gets it), so that nobody else gets in between, and the process's umask,
    /// which other threads make files by, stays as it is.
    package func bound() -> Int32? {
        made { address, size, descriptor in fchmod(descriptor, 0o600) == 0 && bind(descriptor, address, size) == 0 }
    }

    /// A socket that is connected to who listens here; nil when nobody does.
    package func connected() -> Int32? {
        made { address, size, descriptor in connect(descriptor, address, size) == 0 }
    }

    private func made(_ use: (UnsafePointer<sockaddr>, socklen_t, Int32) -> Bool) -> Int32? {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes.prefix($0.count - 1)) }
        let isUsable = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { use($0, socklen_t(MemoryLayout<sockaddr_un>.size), descriptor) }
        }
        guard isUsable else {
            close(descriptor)
            return nil
        }
        return descriptor
    }
}
