package import NIOCore
import Synchronization

/// One open WebSocket, as doors know it. Any thread may use it.
package final class Socket: Sendable {
    /// What may be lost. Durable frames wait for a slow reader; ephemeral ones are dropped as soon as it falls behind.
    package enum Lane: Sendable {
        case durable, ephemeral
    }

    /// The opening request's id.
    package var id: String { request.requestID }
    package let eventLoop: any EventLoop
    package let request: SocketRequest
    private let line: NIOLoopBoundBox<SocketLine?>
    private let open = Atomic<Bool>(true)

    /// On `eventLoop`.
    init(request: SocketRequest, line: SocketLine, eventLoop: any EventLoop) {
        self.request = request
        self.eventLoop = eventLoop
        self.line = NIOLoopBoundBox(line, eventLoop: eventLoop)
    }

    /// False from the moment that either side begins to close.
    package var isOpen: Bool { open.load(ordering: .acquiring) }

    /// Sends in the order of the calls; does nothing once closed. For many sockets use `SocketFanout`.
    package func send(_ frame: SocketFrame, lane: Lane = .durable) {
        guard isOpen else { return }
        if eventLoop.inEventLoop {
            sendNow(frame, lane: lane)
        } else {
            eventLoop.execute { self.sendNow(frame, lane: lane) }
        }
    }

    /// Begins the closing handshake after what was sent before. The handler's `closed` follows in a later tick.
    package func close(code: UInt16, reason: String) {
        if eventLoop.inEventLoop {
            line.value?.close(code: code, reason: reason)
        } else {
            eventLoop.execute { self.line.value?.close(code: code, reason: reason) }
        }
    }

    /// Calls `act` on `eventLoop` once what was sent before no longer waits for the client, or the socket ended: what has much to say says it in pieces.
    package func whenDrained(_ act: @escaping @Sendable () -> Void) {
        eventLoop.execute {
            if let line = self.line.value { line.whenDrained(act) } else { act() }
        }
    }

    /// On `eventLoop`.
    func sendNow(_ frame: SocketFrame, lane: Lane) {
        line.value?.send(frame, lane: lane)
    }

    /// On `eventLoop`, once either side begins to close.
    func ended() {
        open.store(false, ordering: .releasing)
        line.value = nil
    }
}
