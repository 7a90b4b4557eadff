import Glibc

/// The supervisor's end of the line to a worker: datagrams of text over a socket pair.
final class Channel {
    enum Heard {
        case word(FromWorker)
        /// Something that this version doesn't know.
        case noise
        case nothing
        /// The worker's end is closed: it is gone, or about to.
        case closed
    }

    let descriptor: Int32
    private var buffer = [UInt8](repeating: 0, count: ToWorker.limit)

    private init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Both ends; the second is the worker's and the caller's to close. Nil: the system has no more descriptors.
    static func pair() -> (Channel, worker: Int32)? {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_SEQPACKET.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0, let ours = ends.first,
            let theirs = ends.last
        else { return nil }
        _ = fcntl(ours, F_SETFL, fcntl(ours, F_GETFL) | O_NONBLOCK)
        return (Channel(ours), theirs)
    }

    /// A worker that doesn't listen misses it: the supervisor waits for nobody.
    func say(_ word: ToWorker) {
        let bytes = Array(word.text.utf8.prefix(ToWorker.limit))
        _ = send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
    }

    func hear() -> Heard {
        let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        if count == 0 { return .closed }
        if count < 0 { return errno == EAGAIN || errno == EINTR ? .nothing : .closed }
        return FromWorker(String(decoding: buffer.prefix(count), as: UTF8.self)).map { .word($0) } ?? .noise
    }
}
