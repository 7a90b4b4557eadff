import BlackBox
import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import Relay
import Vocabulary

/// Before the router's part of an HTTP/2 stream: takes the requests that are a relay's, and is the relay's line to their client.
final class StreamRelay: ChannelDuplexHandler, ClientLine, Watched {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private enum Stage {
        /// Before the head.
        case fresh
        case routers
        case relaying
        /// The response is finished; what still comes of the request is thrown away.
        case over
    }

    var watchSlot = -1
    let eventLoop: any EventLoop
    private let surroundings: GateSurroundings
    private let watch: LoopWatch
    private var stage = Stage.fresh
    private var context: ChannelHandlerContext?
    private var exchange: RelayExchange?
    private var record: RelayRecord?
    private var input: ArrivedInput?
    private var length: ResponseLength?
    private var isHead = false
    private var isReadHeld = false
    private var isReadWithheld = false
    private var unwanted = 0

    init(surroundings: GateSurroundings, watch: LoopWatch, eventLoop: any EventLoop) {
        self.surroundings = surroundings
        self.watch = watch
        self.eventLoop = eventLoop
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        left()
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch stage {
        case .routers: return context.fireChannelRead(data)
        case .fresh: begin(context: context, data: data)
        case .relaying, .over: take(Self.unwrapInboundIn(data), context: context)
        }
    }

    private func begin(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(let request) = Self.unwrapInboundIn(data), let head = HTTPRequestHead(relaying: request),
            let route = surroundings.policy.relay(head.method, path: RequestTarget.path(of: head.uri)),
            !surroundings.inputs.holds(head)
        else {
            stage = .routers
            return context.fireChannelRead(data)
        }
        stage = .relaying
        isHead = head.method == .HEAD
        let client = ForwardedAddress(trusted: surroundings.trustedProxies).client(
            peer: context.channel.clientAddress, headers: head.headers)
        let number = RequestID.makeLasting(at: SystemClock().now())
        let record = RelayRecord(requestID: number.description, head: head, client: client)
        self.record = record
        input = surroundings.inputs.arrived(.relay, id: record.requestID, bytes: head.announcedBytes, fingerprint: head.fingerprint)
        let opening = RelayRoute.Opening(
            head: head, framing: RequestFraming(http2: head), requestID: record.requestID, number: number, clientAddress: client,
            isSecure: surroundings.isSecure)
        exchange = route.exchange(opening, on: self)
        guard let exchange else { return context.close(promise: nil) }
        watch.add(self)
        exchange.open()
    }

    private func take(_ part: HTTPRequestPart, context: ChannelHandlerContext) {
        switch part {
        case .head: break
        case .body(let bytes):
            exchange?.received(bytes)
            guard case .over = stage else { return }
            unwanted += bytes.readableBytes
            if unwanted > Exchange.unwantedBodyLimit { context.close(promise: nil) }
        case .end: exchange?.receivedEnd()
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        exchange?.receivedAll()
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        if isReadHeld { isReadWithheld = true } else { context.read() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        exchange?.clientWritable(context.channel.isWritable)
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        left()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case .relaying = stage { return context.close(promise: nil) }
        context.fireErrorCaught(error)
    }

    // Time-outs are the `StreamWatch`'s, the end is the connection's.
    func look(at now: NIODeadline) {}

    func drain(afterMilliseconds: Int) {
        exchange?.draining()
    }

    func end() {}

    var isRelaying: Bool {
        if case .relaying = stage { true } else { false }
    }
}

// What the relay says.
extension StreamRelay {
    var isWritable: Bool { context?.channel.isWritable == true }

    func respond(_ head: HTTPResponseHead) {
        guard let context, let record, length == nil else { return }
        var head = head
        head.headers.remove(name: "keep-alive")
        head.headers.replaceOrAdd(name: "x-request-id", value: record.requestID)
        if !head.headers.contains(name: "date") { head.headers.add(name: "date", value: surroundings.date.now()) }
        length = ResponseLength(head, isHead: isHead)
        self.record?.status = Int(head.status.code)
        input?.answering()
        let status = HTTPResponse.Status(code: Int(head.status.code), reasonPhrase: head.status.reasonPhrase)
        let response = HTTPResponse(status: status, headerFields: HTTPFields(head.headers, splitCookie: false))
        context.write(Self.wrapOutboundOut(.head(response)), promise: nil)
    }

    func write(_ bytes: ByteBuffer) {
        guard let context, let isBodyless = length?.isBodyless, !isBodyless else { return }
        guard length?.add(bytes.readableBytes) == true else { return }
        context.write(Self.wrapOutboundOut(.body(bytes)), promise: nil)
    }

    func flush() {
        context?.flush()
    }

    func finish(_ trailers: HTTPHeaders?) {
        guard let length, length.isMet else { return cut() }
        guard close(.whole), let context else { return }
        context.writeAndFlush(Self.wrapOutboundOut(.end(trailers.map { HTTPFields($0, splitCookie: false) })), promise: nil)
        setReading(true)
    }

    /// Of the stream only: RST_STREAM. Also what the sweep calls when the server's time is over; then the relay has yet to hear of it.
    func cut() {
        let exchange = exchange
        guard close(.cut), let context else { return }
        context.flush()
        context.close(promise: nil)
        exchange?.clientLeft()
    }

    func setReading(_ on: Bool) {
        isReadHeld = !on
        guard on, isReadWithheld else { return }
        isReadWithheld = false
        context?.read()
    }

    private func left() {
        let exchange = exchange
        guard close(.left) else { return }
        exchange?.clientLeft()
    }

    /// Lets go of everything; false the second time.
    private func close(_ ending: RelayRecord.Ending) -> Bool {
        guard case .relaying = stage else { return false }
        stage = .over
        exchange = nil
        watch.remove(self)
        input?.handled()
        record?.bytes = length?.written ?? 0
        record?.write(ending, to: surroundings.logger)
        return true
    }
}

extension HTTPRequestHead {
    /// As HTTP/1.1 would have said it; nil when it has no path.
    fileprivate init?(relaying request: HTTPRequest) {
        guard let path = request.path, path.hasPrefix("/") else { return nil }
        var headers = HTTPHeaders(request.headerFields)
        if let authority = request.authority { headers.replaceOrAdd(name: "host", value: authority) }
        self.init(version: .http2, method: HTTPMethod(rawValue: request.method.rawValue), uri: path, headers: headers)
    }
}
