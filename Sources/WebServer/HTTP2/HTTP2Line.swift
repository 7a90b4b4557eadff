import HTTPTypes
import NIOCore
import NIOHTTP2
import NIOHTTPTypes
import NIOHTTPTypesHTTP2

/// An HTTP/2 connection's own handler, behind NIO's: counts its streams and ends it when it is idle, silent or asked to go.
///
/// Time-outs of single requests are their `StreamWatch`es'.
final class HTTP2Line: ChannelInboundHandler, Watched {
    typealias InboundIn = HTTP2Frame
    typealias OutboundOut = HTTP2Frame

    var watchSlot = -1
    private let watch: LoopWatch
    private let timeouts: WebServerTimeouts
    private var context: ChannelHandlerContext?
    private var streams = 0
    private var lastStream = HTTP2StreamID.rootStream
    private var idleSince: NIODeadline
    private var goneSince: NIODeadline?
    private var stall = StallClock()

    init(watch: LoopWatch, timeouts: WebServerTimeouts) {
        self.watch = watch
        self.timeouts = timeouts
        idleSince = .now()
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
        if case .inputClosed? = event as? ChannelEvent { return context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Errors of one stream are that stream's affair.
        if error is NIOHTTP2Errors.StreamError { return }
        context.close(promise: nil)
    }

    func look(at now: NIODeadline) {
        guard let context else { return }
        if stall.isStalled(channel: context.channel, at: now, limit: timeouts.write.timeAmount) { return context.close(promise: nil) }
        if let goneSince {
            if streams == 0, now - goneSince > timeouts.linger.timeAmount { context.closeAtOnce() }
        } else if streams == 0, now - idleSince > timeouts.idle.timeAmount {
            goAway()
        }
    }

    /// Without streams it ends at once, and says which was the last: what the client asks at this very moment it may ask again elsewhere.
    func drain(afterMilliseconds: Int) {
        guard streams == 0, let context, context.channel.pendingBytes == 0 else {
            if goneSince == nil { goAway() }
            return
        }
        goAway(after: lastStream)
        context.closeAtOnce()
    }

    func cut() {
        context?.closeAtOnce()
    }

    func end() {
        context?.closeAtOnce()
    }

    /// RFC 9113 section 6.8: what the client has begun is still answered.
    private func goAway(after last: HTTP2StreamID = .maxID) {
        goneSince = .now()
        let frame = HTTP2Frame(streamID: .rootStream, payload: .goAway(lastStreamID: last, errorCode: .noError, opaqueData: nil))
        context?.writeAndFlush(Self.wrapOutboundOut(frame), promise: nil)
    }

    fileprivate func opened(_ id: HTTP2StreamID) {
        streams += 1
        lastStream = max(lastStream, id)
    }

    fileprivate func closed() {
        streams -= 1
        guard streams == 0 else { return }
        idleSince = watch.now
        if goneSince != nil { goneSince = watch.now }
    }
}

/// Tells the line of its streams.
struct StreamCount: NIOHTTP2StreamDelegate {
    private let line: NIOLoopBound<HTTP2Line>

    /// On the connection's event loop.
    init(_ line: HTTP2Line, eventLoop: any EventLoop) {
        self.line = NIOLoopBound(line, eventLoop: eventLoop)
    }

    func streamCreated(_ id: HTTP2StreamID, channel: any Channel) {
        line.value.opened(id)
    }

    func streamClosed(_ id: HTTP2StreamID, channel: any Channel) {
        line.value.closed()
    }
}
