import NIOCore
import NIOHTTP1
import NIOHTTP2
import NIOHTTPTypes
import NIOHTTPTypesHTTP2
import NIOTLS

/// Waits behind the TLS handler for the handshake's end, then furnishes the connection for what ALPN agreed on, and leaves.
final class TLSDoor: ChannelInboundHandler, RemovableChannelHandler, Watched {
    typealias InboundIn = Any

    var watchSlot = -1
    private let watch: LoopWatch
    private let surroundings: GateSurroundings
    private let began = NIODeadline.now()
    private var context: ChannelHandlerContext?

    init(watch: LoopWatch, surroundings: GateSurroundings) {
        self.watch = watch
        self.surroundings = surroundings
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        watch.add(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        watch.remove(self)
        self.context = nil
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted(let agreed)? = event as? TLSUserEvent { return furnish(context: context, agreed: agreed) }
        if case .inputClosed? = event as? ChannelEvent { return context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func look(at now: NIODeadline) {
        if now - began > surroundings.timeouts.handshake.timeAmount { context?.close(promise: nil) }
    }

    func drain(afterMilliseconds: Int) {
        context?.closeAtOnce()
    }

    func cut() {
        context?.closeAtOnce()
    }

    func end() {
        context?.closeAtOnce()
    }

    private func furnish(context: ChannelHandlerContext, agreed: String?) {
        let pipeline = context.pipeline.syncOperations
        do {
            if agreed == "h2" {
                try surroundings.furnishHTTP2(context.channel, watch: watch)
            } else {
                try surroundings.furnishHTTP1(context.channel, watch: watch)
            }
            pipeline.removeHandler(self, promise: nil)
        } catch {
            context.close(promise: nil)
        }
    }
}

extension GateSurroundings {
    /// A fresh HTTP/1.1 connection: encoder, decoder, gate.
    func furnishHTTP1(_ channel: any Channel, watch: LoopWatch) throws {
        var decoderLimits = NIOHTTPDecoderLimitConfiguration()
        decoderLimits.maxHeaderFieldSize = policy.limits.head
        decoderLimits.maxHeaderListSize = policy.limits.head
        decoderLimits.maxHeaderFieldCount = policy.limits.headerFields
        let encoder = HTTPResponseEncoder()
        let decoder = ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: decoderLimits))
        let gate = HTTPGate(surroundings: self, watch: watch, encoder: encoder, decoder: decoder)
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(encoder)
        try pipeline.addHandler(decoder)
        try pipeline.addHandler(gate)
    }

    /// An HTTP/2 connection: its streams are the router's or a relay's. WebSockets come over HTTP/1.1 (no RFC 8441).
    func furnishHTTP2(_ channel: any Channel, watch: LoopWatch) throws {
        let line = HTTP2Line(watch: watch, timeouts: timeouts)
        let bound = NIOLoopBound(watch, eventLoop: channel.eventLoop)
        let (timeouts, limits, surroundings) = (timeouts, policy.limits, self)
        var configuration = NIOHTTP2Handler.Configuration()
        configuration.connection.initialSettings = [
            HTTP2Setting(parameter: .maxConcurrentStreams, value: limits.streams),
            HTTP2Setting(parameter: .maxHeaderListSize, value: limits.head),
        ]
        configuration.stream.outboundBufferSizeHighWatermark = 64 * 1_024
        configuration.stream.outboundBufferSizeLowWatermark = 32 * 1_024
        let streams = try channel.pipeline.syncOperations.configureAsyncHTTP2Pipeline(
            mode: .server, streamDelegate: StreamCount(line, eventLoop: channel.eventLoop), configuration: configuration
        ) { stream in
            stream.eventLoop.makeCompletedFuture {
                let watch = StreamWatch(watch: bound.value, timeouts: timeouts, limits: limits)
                let relay = StreamRelay(surroundings: surroundings, watch: bound.value, eventLoop: stream.eventLoop)
                try stream.pipeline.syncOperations.addHandlers([HTTP2FramePayloadToHTTPServerCodec(), watch, relay])
                return try NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>(
                    wrappingChannelSynchronously: stream, configuration: .init(isOutboundHalfClosureEnabled: true))
            }
        }
        try channel.pipeline.syncOperations.addHandler(line)
        begin(.http2(streams))
    }
}
