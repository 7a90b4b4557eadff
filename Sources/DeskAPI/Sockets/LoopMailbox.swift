import NIOCore
import Synchronization
import WebServer

/// Frames on their way to one event loop: however many sockets hear a message, their loop is woken once.
///
/// A hop per socket cost more than the write itself in a room of a thousand.
final class LoopMailbox: Sendable {
    private struct Letter: Sendable {
        let socket: Socket
        let frame: SocketFrame
        let lane: Socket.Lane
    }

    private let eventLoop: any EventLoop
    private let letters = Mutex<[Letter]>([])

    init(_ eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    func send(_ frame: SocketFrame, to socket: Socket, lane: Socket.Lane) {
        let isFirst = letters.withLock { letters in
            letters.append(Letter(socket: socket, frame: frame, lane: lane))
            return letters.count == 1
        }
        if isFirst { eventLoop.execute { self.deliver() } }
    }

    /// Runs `act` on the loop after everything that was sent before.
    func flush(then act: @escaping @Sendable () -> Void) {
        eventLoop.execute {
            self.deliver()
            act()
        }
    }

    private func deliver() {
        let due = letters.withLock { letters in
            defer { letters = [] }
            return letters
        }
        for letter in due { letter.socket.send(letter.frame, lane: letter.lane) }
    }
}

/// The mailboxes of all event loops that have sockets.
final class LoopMailboxes: Sendable {
    private let byLoop = Mutex<[ObjectIdentifier: LoopMailbox]>([:])

    func mailbox(of eventLoop: any EventLoop) -> LoopMailbox {
        byLoop.withLock { mailboxes in
            if let mailbox = mailboxes[ObjectIdentifier(eventLoop)] { return mailbox }
            let mailbox = LoopMailbox(eventLoop)
            mailboxes[ObjectIdentifier(eventLoop)] = mailbox
            return mailbox
        }
    }
}
