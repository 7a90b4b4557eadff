import CLinux
import Glibc
import Host
import Synchronization

/// A worker's end of the line to its supervisor. Safe to use from any thread.
package final class WorkerPost: Sendable {
    /// The descriptors that a worker is born with.
    package static let channelDescriptor: Int32 = 3
    package static let boxDescriptor: Int32 = 4
    package static let firstPort: Int32 = 5

    /// What comes over the line; `lost`: the supervisor is gone.
    package enum Order: Hashable, Sendable {
        case word(ToWorker)
        case lost
    }

    private let descriptor: Int32
    private let hears = Mutex<(@Sendable (Order) -> Void)?>(nil)

    /// - Parameter descriptor: the line; stays open as long as the process.
    package init(descriptor: Int32 = channelDescriptor) {
        self.descriptor = descriptor
    }

    /// Whether this process was born with a line: a worker that somebody starts by hand was not.
    package static var isConnected: Bool {
        var kind: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(channelDescriptor, SOL_SOCKET, SO_TYPE, &kind, &size) == 0 else { return false }
        return kind == Int32(SOCK_SEQPACKET.rawValue)
    }

    /// Everything that a worker was born with beyond the standard streams stays its own: its children get nothing of it.
    package static func keepDescriptors() {
        clinux_close_on_exec_from(3)
    }

    /// Never waits for long: a supervisor that doesn't read is no reason to stand still.
    package func say(_ word: FromWorker) {
        let bytes = Array(word.text.utf8.prefix(ToWorker.limit))
        _ = send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
    }

    /// Hears on a thread of its own until the supervisor is gone. Once.
    package func listen(_ hear: @escaping @Sendable (Order) -> Void) {
        hears.withLock { $0 = hear }
        // What an order sets off runs on it, reading certificates among it: the whole stack.
        _ = OwnThread.start(named: "orders", stack: nil) { self.hearAll() }
    }

    private func hearAll() {
        var buffer = [UInt8](repeating: 0, count: ToWorker.limit)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            if let word = ToWorker(String(decoding: buffer.prefix(count), as: UTF8.self)) { tell(.word(word)) }
        }
        tell(.lost)
    }

    private func tell(_ order: Order) {
        hears.withLock { $0 }?(order)
    }
}
