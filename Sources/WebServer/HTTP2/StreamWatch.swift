import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOHTTPTypes

/// Keeps the time-outs of one HTTP/2 stream and refuses what a request's head must not be.
final class StreamWatch: ChannelDuplexHandler, Watched {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    var watchSlot = -1
    private let watch: LoopWatch
    private let timeouts: WebServerTimeouts
    private let limits: WebServerLimits
    private var context: ChannelHandlerContext?
    private var clock: ConnectionClock
    private var stall = StallClock()
    private var isReading = true
    /// A refused request reaches nobody.
    private var isRefused = false
    private var isResponseStarted = false
    private var pendingBytes = 0

    init(watch: LoopWatch, timeouts: WebServerTimeouts, limits: WebServerLimits) {
        self.watch = watch
        self.timeouts = timeouts
        self.limits = limits
        clock = ConnectionClock(now: .now())
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        watch.add(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        watch.remove(self)
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isRefused else { return }
        switch Self.unwrapInboundIn(data) {
        case .head(let head):
            clock.waiting = .body(since: watch.now)
            if let problem = problem(of: head) { return refuse(problem) }
        case .body:
            clock.waiting = .body(since: watch.now)
        case .end:
            clock.waiting = .nothing
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        isReading = true
        context.read()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !isRefused else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        isResponseStarted = true
        if case .head(let head) = Self.unwrapOutboundIn(data) {
            return context.write(Self.wrapOutboundOut(.head(Self.withoutConnectionFields(head))), promise: promise)
        }
        guard case .body(let bytes) = Self.unwrapOutboundIn(data) else { return context.write(data, promise: promise) }
        let promise = promise ?? context.eventLoop.makePromise()
        let (me, count) = (NIOLoopBound(self, eventLoop: context.eventLoop), bytes.readableBytes)
        pendingBytes += count
        promise.futureResult.whenComplete { _ in me.value.pendingBytes -= count }
        context.write(data, promise: promise)
    }

    func look(at now: NIODeadline) {
        guard let context else { return }
        if stall.isStalled(pending: pendingBytes, at: now, limit: timeouts.write.timeAmount) {
            return context.close(promise: nil)
        }
        switch clock.verdict(at: now, timeouts: timeouts, isReading: isReading) {
        case .fine: break
        case .close: context.close(promise: nil)
        case .answer(let problem): refuse(problem)
        }
    }

    // The connection's line drains; streams end by themselves.
    func drain(afterMilliseconds: Int) {}

    func cut() {}

    func end() {}

    var isBusy: Bool {
        guard let context else { return false }
        return (try? context.pipeline.syncOperations.handler(type: StreamRelay.self))?.isRelaying != true
    }

    private func problem(of head: HTTPRequest) -> Problem? {
        let path = head.path ?? ""
        if path.utf8.count > limits.target { return .targetTooLong(limit: limits.target) }
        guard path.hasPrefix("/") || path == "*", path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            return .malformed("The request target must begin with a slash and be percent-encoded.")
        }
        guard head.authority != nil else { return .malformed("A request needs an authority.") }
        return head.method == .connect || head.method == .trace
            ? Problem(.notImplemented, code: "web.method_unknown", detail: "This method is not spoken here.") : nil
    }

    /// They would make the stream a protocol error: RFC 9113 section 8.2.2.
    private static func withoutConnectionFields(_ head: HTTPResponse) -> HTTPResponse {
        var head = head
        for name in [HTTPField.Name.connection, .upgrade, .transferEncoding] { head.headerFields[name] = nil }
        return head
    }

    private func refuse(_ problem: Problem) {
        guard let context, !isRefused, !isResponseStarted else {
            self.context?.close(promise: nil)
            return
        }
        isRefused = true
        clock.waiting = .lingering(since: .now())
        let response = problem.response
        context.write(Self.wrapOutboundOut(.head(response.head)), promise: nil)
        context.write(Self.wrapOutboundOut(.body(problem.body)), promise: nil)
        context.writeAndFlush(Self.wrapOutboundOut(.end(nil)), promise: nil)
    }
}
