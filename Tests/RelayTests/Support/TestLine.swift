import NIOCore
import NIOHTTP1
import Synchronization
import TestSupport

@testable import Relay

/// A client of the relay without a socket: keeps what it is told. On its event loop only; what it heard can be asked for from anywhere.
final class TestLine: ClientLine {
    struct Heard: Sendable {
        var head: HTTPResponseHead?
        var body = ByteBuffer()
        var flushes = 0
        var isFinished = false
        var isCut = false
        var isReading: Bool?
        /// More than one end, or something after it.
        var isConfused = false

        var isOver: Bool { isFinished || isCut }
        var text: String { String(buffer: body) }
    }

    let eventLoop: any EventLoop
    let ear: Ear<Heard>
    var isWritable = true

    init(eventLoop: any EventLoop, ear: Ear<Heard>) {
        self.eventLoop = eventLoop
        self.ear = ear
    }

    private func note(_ change: (inout Heard) -> Void) {
        eventLoop.preconditionInEventLoop()
        ear.change {
            if $0.isOver { $0.isConfused = true }
            change(&$0)
        }
    }

    func respond(_ head: HTTPResponseHead) {
        note {
            if $0.head != nil { $0.isConfused = true }
            $0.head = head
        }
    }

    func write(_ bytes: ByteBuffer) {
        note {
            if $0.head == nil { $0.isConfused = true }
            $0.body.writeImmutableBuffer(bytes)
        }
    }

    func flush() { note { $0.flushes += 1 } }
    func finish(_ trailers: HTTPHeaders?) { note { $0.isFinished = true } }
    func cut() { note { $0.isCut = true } }
    func setReading(_ on: Bool) { note { $0.isReading = on } }
}

/// One request given to the relay by hand.
struct TestCall: Sendable {
    let ear: Ear<TestLine.Heard>
    let eventLoop: any EventLoop
    private let parts: NIOLoopBoundBox<(RelayExchange, TestLine)?>

    /// Opens it; the body comes by `send`.
    static func open(
        _ connections: NodeConnections, _ head: HTTPRequestHead, dispatch: @escaping @Sendable (RelayRequest) -> any Dispatch
    ) async throws -> TestCall {
        let ear = Ear(TestLine.Heard())
        let eventLoop = connections.group.next()
        let route = RelayRoute(connections: connections, takes: { _, _ in true }, open: dispatch)
        let parts = try await eventLoop.submit {
            let line = TestLine(eventLoop: eventLoop, ear: ear)
            let opening = RelayRoute.Opening(
                head: head, framing: RequestFraming(http1: head), requestID: "r", clientAddress: "unknown", isSecure: false)
            guard let exchange = route.exchange(opening, on: line) else { throw ChannelError.eof }
            exchange.open()
            return NIOLoopBoundBox<(RelayExchange, TestLine)?>((exchange, line), eventLoop: eventLoop)
        }.get()
        return TestCall(ear: ear, eventLoop: eventLoop, parts: parts)
    }

    /// Does something with the exchange, as the web server would.
    func act(_ body: @escaping @Sendable (RelayExchange, TestLine) -> Void) {
        eventLoop.execute { if let (exchange, line) = parts.value { body(exchange, line) } }
    }

    func send(_ text: String, isLast: Bool = true) {
        act { exchange, _ in
            exchange.received(ByteBuffer(string: text))
            if isLast { exchange.receivedEnd() }
            exchange.receivedAll()
        }
    }

    @discardableResult
    func end(_ limit: Duration = .seconds(10)) async throws -> TestLine.Heard {
        let heard = try await ear.wait(limit) { $0.isOver }
        letGo()
        return heard
    }

    func letGo() {
        eventLoop.execute { parts.value = nil }
    }
}

extension HTTPRequestHead {
    static func post(_ uri: String = "/v1/messages", length: Int) -> HTTPRequestHead {
        HTTPRequestHead(version: .http1_1, method: .POST, uri: uri, headers: ["content-length": "\(length)"])
    }

    static func get(_ uri: String = "/v1/messages") -> HTTPRequestHead {
        HTTPRequestHead(version: .http1_1, method: .GET, uri: uri)
    }
}
