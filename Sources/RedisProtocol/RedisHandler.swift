import NIOCore

/// One connection's end in the pipeline: answers come in the order of the commands.
final class RedisHandler: ChannelInboundHandler {
    typealias InboundIn = RedisValue
    typealias OutboundOut = ByteBuffer

    private struct Waiting {
        let promise: EventLoopPromise<RedisValue>
        let deadline: NIODeadline
        let isSubscription: Bool
    }

    private let onPush: @Sendable ([RedisValue]) -> Void
    private var waiting = CircularBuffer<Waiting>()
    private var context: ChannelHandlerContext?
    private var alarm: Scheduled<Void>?
    private var isFlushDue = false
    private var isClosing = false
    /// In RESP2 messages of a channel come as plain lists.
    private var isListening = false
    /// Why it ended; kept for those who ask later.
    private(set) var end: RedisError?

    init(onPush: @escaping @Sendable ([RedisValue]) -> Void) {
        self.onPush = onPush
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        finish(.closed)
        self.context = nil
    }

    /// Sends on the event loop. Commands of one turn of the loop leave together.
    func send(_ command: RedisCommand, within timeout: TimeAmount, _ promise: EventLoopPromise<RedisValue>) {
        guard let context, end == nil, !isClosing else { return promise.fail(end ?? RedisError.closed) }
        if command.isSubscription { isListening = true }
        waiting.append(Waiting(promise: promise, deadline: .now() + timeout, isSubscription: command.isSubscription))
        var buffer = context.channel.allocator.buffer(capacity: 64)
        command.write(to: &buffer)
        context.write(Self.wrapOutboundOut(buffer), promise: nil)
        flushSoon(context)
        setAlarm(context)
    }

    /// No further commands; closes when what was sent is answered.
    func closeGracefully() {
        isClosing = true
        if waiting.isEmpty { fail(.closed) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let value = Self.unwrapInboundIn(data)
        guard let message = message(in: value) else { return answer(value) }
        // Told first: whoever waits for the word that a channel is listened to knows it from the answer.
        onPush(message)
        if waiting.first?.isSubscription == true, message.first?.string?.hasSuffix("subscribe") == true { answer(value) }
    }

    /// What isn't an answer. In RESP2 a listening connection gets lists for messages, and lists to answer with too.
    private func message(in value: RedisValue) -> [RedisValue]? {
        switch value {
        case .push(let message): message
        case .array(let message) where isListening && message.count == 3 && message.first?.string?.hasSuffix("message") == true: message
        default: nil
        }
    }

    private func answer(_ value: RedisValue) {
        guard let first = waiting.popFirst() else { return fail(.syntax(.misplaced)) }
        if case .error(let text) = value {
            first.promise.fail(RedisError(refusal: text))
        } else {
            first.promise.succeed(value)
        }
        if isClosing && waiting.isEmpty { fail(.closed) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish(.closed)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(RedisError(cause: error))
    }

    private func fail(_ error: RedisError) {
        finish(error)
        context?.close(promise: nil)
    }

    private func finish(_ error: RedisError) {
        guard end == nil else { return }
        end = error
        alarm?.cancel()
        while let next = waiting.popFirst() { next.promise.fail(error) }
    }

    // MARK: - Together, and in time

    private func flushSoon(_ context: ChannelHandlerContext) {
        guard !isFlushDue else { return }
        isFlushDue = true
        context.eventLoop.assumeIsolated().execute {
            self.isFlushDue = false
            self.context?.flush()
        }
    }

    private func setAlarm(_ context: ChannelHandlerContext) {
        guard alarm == nil, let first = waiting.first else { return }
        alarm = context.eventLoop.assumeIsolated().scheduleTask(deadline: first.deadline) {
            self.alarm = nil
            guard let context = self.context, let first = self.waiting.first else { return }
            if first.deadline <= .now() { self.fail(.timedOut) } else { self.setAlarm(context) }
        }
    }
}
