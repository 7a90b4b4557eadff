import Relay
import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// The router's side: requests handed over, responses on their way out.
extension HTTPGate {
    func route(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
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
            exchange?.begin(&head, isDraining: isDraining || (isInputClosed && early.isEmpty))
            if exchange?.isResponseStarted == true { clock.silentSince = nil }
            context.write(Self.wrapOutboundOut(.head(head)), promise: promise)
        case .body(let bytes):
            context.write(Self.wrapOutboundOut(.body(.byteBuffer(bytes))), promise: promise)
        case .end(let trailers):
            context.write(Self.wrapOutboundOut(.end(trailers.map(HTTPHeaders.init))), promise: promise)
            endResponse(context: context)
        }
    }

    func endResponse(context: ChannelHandlerContext) {
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
        relayed?.exchange?.clientWritable(context.channel.isWritable)
        context.fireChannelWritabilityChanged()
    }
}
