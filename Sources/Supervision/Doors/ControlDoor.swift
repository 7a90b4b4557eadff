import CLinux
import Glibc

/// Takes orders of the command line: one line of text in, one line of JSON out. Only of our own user and root.
final class ControlDoor {
    /// Somebody who asks.
    private struct Caller {
        var gathered: [UInt8] = []
        /// Orders are answered when they are done; the next line is not read before that.
        var tag: Int?
        let since: Int64
    }

    /// What was asked, by whom.
    struct Asked {
        let tag: Int
        let request: OrderText.Request
    }

    static let mostCallers = 16
    /// Milliseconds for a line to come.
    private static let patience: Int64 = 10_000

    private let address: DoorAddress
    private let listener: Int32
    private var callers: [Int32: Caller] = [:]
    private var nextTag = 1

    /// Nil when the directory is not there (yet), or the socket can't be had.
    init?(directory: String) {
        guard let address = DoorAddress(directory: directory, file: DoorAddress.supervisor) else { return nil }
        address.removeLeftover()
        guard let listener = address.bound() else { return nil }
        guard listen(listener, 16) == 0 else {
            close(listener)
            return nil
        }
        _ = fcntl(listener, F_SETFL, fcntl(listener, F_GETFL) | O_NONBLOCK)
        self.address = address
        self.listener = listener
    }

    deinit {
        for caller in callers.keys { close(caller) }
        close(listener)
    }

    /// So that nobody finds a door behind which nobody is.
    func remove() { address.removeLeftover() }

    /// What to look at.
    var descriptors: [Int32] { [listener] + callers.filter { $0.value.tag == nil }.keys }

    func readable(_ descriptor: Int32, at now: Int64) -> Asked? {
        if descriptor == listener {
            accept(at: now)
            return nil
        }
        guard callers[descriptor] != nil else { return nil }
        return read(descriptor)
    }

    func answer(_ tag: Int, _ json: String) {
        guard let found = callers.first(where: { $0.value.tag == tag })?.key else { return }
        let bytes = Array((json + "\n").utf8)
        _ = send(found, bytes, bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
        hangUp(found)
    }

    /// Who opens the door and says nothing is shown out.
    func sweep(at now: Int64) {
        for (descriptor, caller) in callers where caller.tag == nil && now - caller.since > Self.patience { hangUp(descriptor) }
    }

    private func accept(at now: Int64) {
        let caller = clinux_accept(listener)
        guard caller >= 0 else { return }
        var (process, user): (pid_t, uid_t) = (0, 0)
        let isWelcome = clinux_peer(caller, &process, &user) == 0 && (user == geteuid() || user == 0)
        guard isWelcome, callers.count < Self.mostCallers else {
            close(caller)
            return
        }
        callers[caller] = Caller(since: now)
    }

    private func read(_ descriptor: Int32) -> Asked? {
        var buffer = [UInt8](repeating: 0, count: OrderText.limit)
        let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        if count < 0, errno == EAGAIN { return nil }
        guard count > 0, var caller = callers[descriptor], caller.gathered.count + count <= OrderText.limit else {
            hangUp(descriptor)
            return nil
        }
        caller.gathered += buffer.prefix(count)
        callers[descriptor] = caller
        guard let end = caller.gathered.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        let tag = nextTag
        nextTag += 1
        callers[descriptor]?.tag = tag
        guard let request = OrderText.read(String(decoding: caller.gathered.prefix(upTo: end), as: UTF8.self)) else {
            answer(tag, "{\"done\":false,\"text\":\"this server does not know this order: is it of the same version?\"}")
            return nil
        }
        return Asked(tag: tag, request: request)
    }

    private func hangUp(_ descriptor: Int32) {
        callers[descriptor] = nil
        close(descriptor)
    }
}
