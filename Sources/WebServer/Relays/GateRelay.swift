import NIOCore
import NIOHTTP1
import Relay

/// One relayed request of an HTTP/1.1 connection: the relay's line to its client.
final class GateRelay: ClientLine {
    let eventLoop: any EventLoop
    private(set) var exchange: RelayExchange?
    private(set) var isReadHeld = false
    private var gate: HTTPGate?
    private let isHead: Bool
    private let framing: RequestFraming
    private var record: RelayRecord
    private var length: ResponseLength?
    private var mustContinue: Bool

    init(_ head: HTTPRequestHead, gate: HTTPGate, context: ChannelHandlerContext) {
        eventLoop = context.eventLoop
        self.gate = gate
        isHead = head.method == .HEAD
        framing = RequestFraming(http1: head)
        mustContinue = gate.exchange?.expectsContinue == true
        let surroundings = gate.surroundings
        let client = ForwardedAddress(trusted: surroundings.trustedProxies).client(
            peer: gate.peer(of: context.channel), headers: head.headers)
        record = RelayRecord(requestID: RequestID.make(), head: head, client: client)
    }

    /// False: the route has no connections on this event loop.
    func begin(_ head: HTTPRequestHead, route: RelayRoute, isSecure: Bool) -> Bool {
        var head = head
        if !head.uri.hasPrefix("/") { head.uri = RequestTarget.originForm(of: head.uri) }
        let opening = RelayRoute.Opening(
            head: head, framing: framing, requestID: record.requestID, clientAddress: record.client, isSecure: isSecure)
        exchange = route.exchange(opening, on: self)
        return exchange != nil
    }

    var isWritable: Bool { gate?.context?.channel.isWritable == true }

    func respond(_ head: HTTPResponseHead) {
        guard let gate, let context = gate.context, length == nil else { return }
        var head = head
        head.version = .http1_1
        head.headers.remove(name: "connection")
        head.headers.remove(name: "transfer-encoding")
        head.headers.replaceOrAdd(name: "x-request-id", value: record.requestID)
        if !head.headers.contains(name: "date") { head.headers.add(name: "date", value: gate.surroundings.date.now()) }
        gate.exchange?.begin(&head, isDraining: gate.isDraining, isRestSmall: isRestSmall)
        length = ResponseLength(head, isHead: isHead)
        record.status = Int(head.status.code)
        context.write(HTTPGate.wrapOutboundOut(.head(head)), promise: nil)
    }

    /// Who waits for a `100 Continue` that never came may send its body or not.
    private var isRestSmall: Bool {
        switch framing {
        case .none: true
        case .length(let length): length <= Exchange.unwantedBodyLimit && !mustContinue
        case .chunked: false
        }
    }

    func write(_ bytes: ByteBuffer) {
        guard let context = gate?.context, let isBodyless = length?.isBodyless, !isBodyless else { return }
        guard length?.add(bytes.readableBytes) == true else { return }
        context.write(HTTPGate.wrapOutboundOut(.body(.byteBuffer(bytes))), promise: nil)
    }

    func flush() {
        gate?.context?.flush()
    }

    func finish(_ trailers: HTTPHeaders?) {
        // A response of another length than it says would mix up this connection's answers.
        guard let length, length.isMet else { return cut() }
        guard let gate = close(.whole), let context = gate.context else { return }
        // NIO's encoder would give the answer to a HEAD request the last chunk of a body.
        if !length.isBodyless { context.write(HTTPGate.wrapOutboundOut(.end(trailers)), promise: nil) }
        context.flush()
        gate.endRelay(context: context)
    }

    func cut() {
        close(.cut)?.cutRelay()
    }

    func setReading(_ on: Bool) {
        isReadHeld = !on
        guard on, let gate, let context = gate.context else { return }
        if mustContinue, gate.exchange?.isRequestComplete == false, length == nil {
            mustContinue = false
            context.writeAndFlush(HTTPGate.wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))), promise: nil)
        }
        gate.readAgain(context: context)
    }

    /// The client has gone.
    func left() {
        let exchange = exchange
        guard close(.left) != nil else { return }
        exchange?.clientLeft()
    }

    /// Lets go of everything; nil the second time.
    private func close(_ ending: RelayRecord.Ending) -> HTTPGate? {
        guard let gate else { return nil }
        self.gate = nil
        exchange = nil
        gate.relayed = nil
        record.bytes = length?.written ?? 0
        record.write(ending, to: gate.surroundings.logger)
        return gate
    }
}
