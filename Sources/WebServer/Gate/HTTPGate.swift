import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// The front gate of an HTTP/1.1 connection: after encoder and decoder the only handler that a fresh connection has.
///
/// At each request's head it decides who gets it: the router (whose machinery is installed only then), a WebSocket route (then everything of
/// HTTP leaves the pipeline), or nobody, with an answer of its own. It hands out one request at a time, holds back those that came early, and
/// keeps the connection's time-outs.
final class HTTPGate: ChannelDuplexHandler, RemovableChannelHandler, Watched {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    enum Phase {
        /// Between requests.
        case ready
        /// The router has a request.
        case routing
        /// A WebSocket route thinks.
        case deciding(UpgradeRequest)
        /// Our last word is said; what still comes is thrown away.
        case lingering
        /// A socket handler sits before us; behind us the HTTP part waits for the end and must hear nothing.
        case walled
    }

    var watchSlot = -1
    let surroundings: GateSurroundings
    let watch: LoopWatch
    private let encoder: HTTPResponseEncoder
    private let decoder: ByteToMessageHandler<HTTPRequestDecoder>
    var phase = Phase.ready
    var context: ChannelHandlerContext?
    var clock: ConnectionClock
    private var stall = StallClock()
    private var exchange: Exchange?
    private var early: [HTTPServerRequestPart] = []
    private var firstEarly = 0
    /// What to answer once the requests before it are done.
    private var pendingProblem: Problem?
    private var isReadWithheld = false
    private var isReading = true
    private var hasRouter = false
    private var isDraining = false
    private var isDecoderRemoved = false

    init(
        surroundings: GateSurroundings, watch: LoopWatch, encoder: HTTPResponseEncoder, decoder: ByteToMessageHandler<HTTPRequestDecoder>
    ) {
        self.surroundings = surroundings
        self.watch = watch
        self.encoder = encoder
        self.decoder = decoder
        clock = ConnectionClock(now: .now())
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        watch.add(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        watch.remove(self)
        forgetDecision()
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        forgetDecision()
        context.fireChannelInactive()
    }

    private func forgetDecision() {
        if case .deciding(let request) = phase { request.cancel() }
    }
}

// Requests.
extension HTTPGate {
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch phase {
        // After the decoder has left, bytes come here instead of parts: don't even unwrap them.
        case .lingering, .walled: return
        case .ready, .routing, .deciding: break
        }
        let part = Self.unwrapInboundIn(data)
        if exchange != nil, exchange?.isRequestComplete == false {
            take(part, context: context)
        } else if exchange == nil, early.isEmpty {
            begin(part, context: context)
        } else {
            early.append(part)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        clock.bytesCame(at: watch.now)
        if case .walled = phase { return }
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        if firstEarly < early.count || pendingProblem != nil {
            isReadWithheld = true
        } else if case .deciding = phase, exchange?.isRequestComplete == true {
            isReadWithheld = true
        } else {
            isReading = true
            context.read()
        }
    }

    private func begin(_ part: HTTPServerRequestPart, context: ChannelHandlerContext) {
        guard case .head(let head) = part else { return }
        exchange = Exchange(head)
        clock.waiting = .body(since: watch.now)
        switch surroundings.policy.decide(head) {
        case .router: route(head, context: context)
        case .socket(let route, let key): ask(route, key: key, head: head, context: context)
        case .answer(let problem): answer(problem)
        case .redirect(let location): answer(.permanentRedirect, headers: ["location": location], body: ByteBuffer())
        }
    }

    /// A part after the head of the request at hand.
    private func take(_ part: HTTPServerRequestPart, context: ChannelHandlerContext) {
        switch part {
        case .head: return
        case .body(let bytes):
            clock.waiting = .body(since: watch.now)
            guard exchange?.takesBody(bytes.readableBytes) == true else { return linger() }
            if case .routing = phase { context.fireChannelRead(Self.wrapInboundOut(.body(bytes))) }
        case .end(let trailers):
            exchange?.isRequestComplete = true
            if case .routing = phase {
                clock.waiting = .nothing
                context.fireChannelRead(Self.wrapInboundOut(.end(trailers.map { HTTPFields($0, splitCookie: false) })))
            }
            finishExchange(context: context)
        }
    }

    private func finishExchange(context: ChannelHandlerContext) {
        guard exchange?.isComplete == true else { return }
        exchange = nil
        phase = .ready
        clock.waiting = .idle(since: watch.now)
        if isDraining { return linger() }
        resumeEarly(context: context)
    }

    /// Requests that came while one was being answered, now that it is their turn.
    private func resumeEarly(context: ChannelHandlerContext) {
        while firstEarly < early.count, exchange?.isRequestComplete != true {
            let part = early[firstEarly]
            firstEarly += 1
            if exchange == nil { begin(part, context: context) } else { take(part, context: context) }
            if case .lingering = phase { return }
        }
        if firstEarly == early.count {
            early = []
            firstEarly = 0
            if exchange == nil, let problem = pendingProblem { return answer(problem) }
        }
        if hasRouter { context.fireChannelReadComplete() }
        if isReadWithheld {
            isReadWithheld = false
            read(context: context)
        }
    }
}

// The router's side.
extension HTTPGate {
    private func route(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
        do {
            let request = try RequestConversion.request(from: head, isSecure: surroundings.isSecure)
            if !hasRouter {
                hasRouter = true
                try surroundings.handOver(context.channel)
            }
            phase = .routing
            if exchange?.expectsContinue == true {
                context.writeAndFlush(Self.wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))), promise: nil)
            }
            context.fireChannelRead(Self.wrapInboundOut(.head(request)))
        } catch {
            answer(.malformed("The request's method or target is not valid."))
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .routing = phase else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        switch Self.unwrapOutboundIn(data) {
        case .head(let response):
            var head = HTTPResponseHead(response)
            exchange?.begin(&head, isDraining: isDraining)
            context.write(Self.wrapOutboundOut(.head(head)), promise: promise)
        case .body(let bytes):
            context.write(Self.wrapOutboundOut(.body(.byteBuffer(bytes))), promise: promise)
        case .end(let trailers):
            context.write(Self.wrapOutboundOut(.end(trailers.map(HTTPHeaders.init))), promise: promise)
            endResponse(context: context)
        }
    }

    private func endResponse(context: ChannelHandlerContext) {
        exchange?.endResponse()
        if exchange?.closesAfterwards == true {
            context.flush()
            return linger()
        }
        finishExchange(context: context)
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        switch (phase, mode) {
        // Our own half is closed already, and what is behind us has no say any more.
        case (.lingering, .output), (.lingering, .input), (.walled, .output), (.walled, .input): promise?.succeed()
        default: context.close(mode: mode, promise: promise)
        }
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        if case .walled = phase { return promise?.succeed() ?? () }
        context.triggerUserOutboundEvent(event, promise: promise)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if case .walled = phase { return }
        context.fireChannelWritabilityChanged()
    }
}

// Our own answers.
extension HTTPGate {
    func answer(_ problem: Problem) {
        var headers = HTTPHeaders(problem.headers)
        headers.replaceOrAdd(name: "content-type", value: Problem.contentType)
        headers.replaceOrAdd(name: "cache-control", value: "no-store")
        answer(HTTPResponseStatus(statusCode: problem.status.code), headers: headers, body: problem.body)
    }

    /// Says it, closes our half, and throws away what still comes: a reset would take the answer from the client.
    private func answer(_ status: HTTPResponseStatus, headers: HTTPHeaders, body: ByteBuffer) {
        guard let context, exchange?.isResponseStarted != true else {
            self.context?.close(promise: nil)
            return
        }
        var headers = headers
        headers.replaceOrAdd(name: "content-length", value: String(body.readableBytes))
        headers.replaceOrAdd(name: "connection", value: "close")
        headers.replaceOrAdd(name: "date", value: surroundings.date.now())
        context.write(Self.wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers))), promise: nil)
        context.write(Self.wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        context.writeAndFlush(Self.wrapOutboundOut(.end(nil)), promise: nil)
        linger()
    }

    func linger() {
        if case .lingering = phase { return }
        forgetDecision()
        phase = .lingering
        clock.waiting = .lingering(since: .now())
        early = []
        firstEarly = 0
        guard let context else { return }
        removeDecoder(context: context)
        context.close(mode: .output, promise: nil)
        if isReadWithheld {
            isReadWithheld = false
            context.read()
        }
    }

    /// A decoder that has stopped would gather what still comes.
    private func removeDecoder(context: ChannelHandlerContext) {
        guard !isDecoderRemoved else { return }
        isDecoderRemoved = true
        context.pipeline.syncOperations.removeHandler(decoder, promise: nil)
    }
}

// Errors and ends.
extension HTTPGate {
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch phase {
        case .lingering, .walled: return
        case .ready, .routing, .deciding: break
        }
        // More bytes after the first error: it is being dealt with.
        if error is ByteToMessageDecoderError { return }
        guard let error = error as? HTTPParserError else { return context.close(promise: nil) }
        let problem = Problem.of(error, limits: surroundings.policy.limits)
        if let exchange, exchange.isRequestComplete {
            // What is wrong is a later request: first come the answers that are due.
            if pendingProblem == nil { pendingProblem = problem }
        } else {
            answer(problem)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed? = event as? ChannelEvent { return context.close(promise: nil) }
        if case .walled = phase { return }
        context.fireUserInboundEventTriggered(event)
    }

    func look(at now: NIODeadline) {
        guard let context else { return }
        if case .walled = phase { return }
        if stall.isStalled(channel: context.channel, at: now, limit: surroundings.timeouts.write.timeAmount) {
            return context.close(promise: nil)
        }
        switch clock.verdict(at: now, timeouts: surroundings.timeouts, isReading: isReading) {
        case .fine: break
        case .close: context.close(promise: nil)
        case .answer(let problem): answer(problem)
        }
    }

    func drain(afterMilliseconds: Int) {
        isDraining = true
        if case .ready = phase, exchange == nil { linger() }
    }

    func cut() {
        context?.close(promise: nil)
    }

    func end() {
        if case .walled = phase { return }
        context?.close(promise: nil)
    }
}

// WebSockets.
extension HTTPGate {
    private func ask(_ route: SocketRoute, key: String, head: HTTPRequestHead, context: ChannelHandlerContext) {
        let request = surroundings.socketRequest(from: head, channel: context.channel)
        let me = NIOLoopBound(self, eventLoop: context.eventLoop)
        let eventLoop = context.eventLoop
        let task = Task {
            let decision = await route.decide(request)
            eventLoop.execute { me.value.decided(decision, id: request.requestID) }
        }
        phase = .deciding(UpgradeRequest(route: route, key: key, request: request, task: task))
        clock.waiting = .decision(since: .now())
    }

    private func decided(_ decision: SocketDecision, id: String) {
        guard case .deciding(let asked) = phase, asked.request.requestID == id, let context, context.channel.isActive else { return }
        switch decision {
        case .refuse(let problem): answer(problem)
        // A decoder may only leave between messages: a request that opens a socket has no body, so its end came with its head.
        case .accept where exchange?.isRequestComplete != true: answer(.malformed("A request that opens a WebSocket has no body."))
        case .accept(let make): upgrade(context: context, asked, handler: make(context.eventLoop))
        }
    }

    private func upgrade(context: ChannelHandlerContext, _ asked: UpgradeRequest, handler: any SocketHandler) {
        let accept = HTTPHeaders([
            ("upgrade", "websocket"), ("connection", "upgrade"), ("sec-websocket-accept", SocketHandshake.answer(to: asked.key)),
        ])
        let head = HTTPResponseHead(version: .http1_1, status: .switchingProtocols, headers: accept)
        context.writeAndFlush(Self.wrapOutboundOut(.head(head)), promise: nil)
        phase = .walled
        let line = SocketLine(watch: watch, rules: SocketRules(limits: asked.route.limits, timeouts: surroundings.timeouts))
        let socket = Socket(request: asked.request.trimmed(), line: line, eventLoop: context.eventLoop)
        do {
            try replaceHandlers(context: context, with: line)
            line.open(socket, handler: handler)
        } catch {
            context.close(promise: nil)
        }
    }

    /// On a fresh connection everything of HTTP leaves. Where the router was at work, we stay as a wall between it and the socket.
    private func replaceHandlers(context: ChannelHandlerContext, with line: SocketLine) throws {
        let pipeline = context.pipeline.syncOperations
        let channel = context.channel
        try pipeline.addHandler(line, position: .before(self))
        pipeline.removeHandler(encoder, promise: nil)
        removeDecoder(context: context)
        if !hasRouter { pipeline.removeHandler(self, promise: nil) }
        if isReadWithheld { channel.read() }
    }
}

/// A request for a WebSocket that a route thinks about.
struct UpgradeRequest {
    let route: SocketRoute
    let key: String
    let request: SocketRequest
    let task: Task<Void, Never>

    func cancel() {
        task.cancel()
    }
}
