import Relay
import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// What comes in: one request at a time, early ones held back.
extension HTTPGate {
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch phase {
        // After the decoder has left, bytes come here instead of parts: don't even unwrap them.
        case .lingering, .walled: return
        case .ready, .routing, .relaying, .deciding: break
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
        relayed?.exchange?.receivedAll()
        if case .walled = phase { return }
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        if firstEarly < early.count || pendingProblem != nil {
            isReadWithheld = true
        } else if relayed?.isReadHeld == true {
            isReadWithheld = true
        } else if case .deciding = phase, exchange?.isRequestComplete == true {
            isReadWithheld = true
        } else {
            isReading = true
            context.read()
        }
    }

    func begin(_ part: HTTPServerRequestPart, context: ChannelHandlerContext) {
        guard case .head(let head) = part else { return }
        exchange = Exchange(head)
        clock.waiting = .body(since: watch.now)
        switch surroundings.policy.decide(head) {
        case .router: route(head, context: context)
        case .relay(let route): relay(head, to: route, context: context)
        case .socket(let route, let key): ask(route, key: key, head: head, context: context)
        case .answer(let problem): answer(problem)
        case .redirect(let location): answer(.permanentRedirect, headers: ["location": location], body: ByteBuffer())
        }
    }

    /// A part after the head of the request at hand.
    func take(_ part: HTTPServerRequestPart, context: ChannelHandlerContext) {
        switch part {
        case .head: return
        case .body(let bytes):
            clock.waiting = .body(since: watch.now)
            guard exchange?.takesBody(bytes.readableBytes) == true else { return linger() }
            if case .routing = phase { context.fireChannelRead(Self.wrapInboundOut(.body(bytes))) }
            relayed?.exchange?.received(bytes)
        case .end(let trailers):
            exchange?.isRequestComplete = true
            if case .routing = phase {
                clock.waiting = .nothing
                context.fireChannelRead(Self.wrapInboundOut(.end(trailers.map { HTTPFields($0, splitCookie: false) })))
            } else if case .relaying = phase {
                clock.waiting = .nothing
                relayed?.exchange?.receivedEnd()
            }
            finishExchange(context: context)
        }
    }

    func finishExchange(context: ChannelHandlerContext) {
        if case .lingering = phase { return }
        guard exchange?.isComplete == true else { return }
        exchange = nil
        phase = .ready
        clock.waiting = .idle(since: watch.now)
        if isDraining { return early.isEmpty ? endIdle() : linger() }
        // A relay may answer within the loop below: its client must not command how deep we call ourselves.
        if isResuming { return }
        resumeEarly(context: context)
        if isInputClosed { endAfterLastRequest(context: context) }
    }

    /// Nothing more will come: the connection ends with its last whole request.
    private func endAfterLastRequest(context: ChannelHandlerContext) {
        if exchange == nil { return linger() }
        if exchange?.isRequestComplete == false { return context.closeAtOnce() }
        clock.silentSince = watch.now
    }

    /// Requests that came while one was being answered, now that it is their turn.
    func resumeEarly(context: ChannelHandlerContext) {
        isResuming = true
        defer { isResuming = false }
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
