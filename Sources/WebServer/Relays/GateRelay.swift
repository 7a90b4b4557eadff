import BlackBox
import NIOCore
import NIOHTTP1
import Relay
import Vocabulary

/// One relayed request of an HTTP/1.1 connection: the relay's line to its client.
final class GateRelay: ClientLine {
    let eventLoop: any EventLoop
    private(set) var exchange: RelayExchange?
    private(set) var isReadHeld = false
    private var gate: HTTPGate?
    private let isHead: Bool
    private let framing: RequestFraming
    private let number: ULID
    private var record: RelayRecord
    private var input: ArrivedInput
    private var length: ResponseLength?
    private var output: RelayOutput?
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
        number = RequestID.makeLasting(at: SystemClock().now())
        record = RelayRecord(requestID: number.description, head: head, client: client)
        input = surroundings.inputs.arrived(.relay, id: record.requestID, bytes: head.announcedBytes, fingerprint: head.fingerprint)
    }

    /// False: the route has no connections on this event loop.
    func begin(_ head: HTTPRequestHead, route: RelayRoute, isSecure: Bool) -> Bool {
        var head = head
        if !head.uri.hasPrefix("/") { head.uri = RequestTarget.originForm(of: head.uri) }
        let opening = RelayRoute.Opening(
            head: head, framing: framing, requestID: record.requestID, number: number, clientAddress: record.client,
            isSecure: isSecure)
        exchange = route.exchange(opening, on: self)
        return exchange != nil
    }

    var isWritable: Bool { gate?.context?.channel.isWritable == true }

    func respond(_ head: HTTPResponseHead) {
        guard let gate, gate.context != nil, length == nil else { return }
        let length = ResponseLength(head, isHead: isHead)
        self.length = length
        record.status = Int(head.status.code)
        input.answering()
        var extra = [(name: "x-request-id", value: record.requestID)]
        if !head.headers.contains(name: "date") { extra.append((name: "date", value: gate.surroundings.date.now())) }
        let terms = gate.exchange?.begin(
            head.status, hasLength: length.isSaid, isDraining: gate.isDraining, isRestSmall: isRestSmall)
        output = RelayOutput(
            head, terms: terms ?? Exchange.Terms(), extra: extra, isBodyless: length.isBodyless, length: length.expected)
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
        guard gate != nil, let isBodyless = length?.isBodyless, !isBodyless else { return }
        guard length?.add(bytes.readableBytes) == true else { return }
        if output?.add(bytes) == true { hand(output?.take()) }
    }

    func flush() {
        hand(output?.take())
        gate?.context?.flush()
    }

    /// Gives it to the channel. Nothing of ours may be in use by then: the channel may call back.
    private func hand(_ pieces: RelayOutput.Pieces?) {
        guard let pieces, let outlet = gate?.outlet else { return }
        if pieces.first.readableBytes > 0 { outlet.write(HTTPResponseEncoder.wrapOutboundOut(.byteBuffer(pieces.first)), promise: nil) }
        for piece in pieces.rest { outlet.write(HTTPResponseEncoder.wrapOutboundOut(.byteBuffer(piece)), promise: nil) }
    }

    func finish(_ trailers: HTTPHeaders?) {
        // A response of another length than it says would mix up this connection's answers.
        guard let length, length.isMet else { return cut() }
        hand(output?.takeLast(trailers))
        gate?.context?.flush()
        // A client that has gone shows when it is written to; then all of this is over.
        guard let gate = close(.whole), let context = gate.context else { return }
        gate.endRelay(context: context)
    }

    func cut() {
        hand(output?.take())
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
        output = nil
        gate.relayed = nil
        input.handled()
        record.bytes = length?.written ?? 0
        record.write(ending, to: gate.surroundings.logger)
        return gate
    }
}
