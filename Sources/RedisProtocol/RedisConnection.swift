package import NIOCore
import NIOPosix
import Synchronization

/// One greeted connection. Any number of commands may be on their way; they are done in the order in which they were sent.
package final class RedisConnection: Sendable {
    private let channel: any Channel
    private let handler: NIOLoopBound<RedisHandler>
    private let timeout: TimeAmount
    private let most: Int
    private let pending = Mutex(0)
    private let greeting = Mutex(Greeting())

    /// What the server said of itself.
    package struct Greeting: Hashable, Sendable {
        /// `redis` or `valkey`; empty when it doesn't say.
        package var server = ""
        package var version = ""
        /// 2 or 3.
        package var revision = 2
    }

    /// On the channel's event loop.
    private init(
        _ configuration: RedisConfiguration, tls: RedisTLS?, channel: any Channel, onPush: @escaping @Sendable ([RedisValue]) -> Void
    ) throws {
        let handler = RedisHandler(onPush: onPush)
        let pipeline = channel.pipeline.syncOperations
        if let tls { try pipeline.addHandler(try tls.handler()) }
        try pipeline.addHandler(ByteToMessageHandler(RedisDecoder()))
        try pipeline.addHandler(handler)
        self.channel = channel
        self.handler = NIOLoopBound(handler, eventLoop: channel.eventLoop)
        timeout = configuration.commandTimeout
        most = configuration.pending
    }

    package var server: Greeting { greeting.withLock { $0 } }

    /// Connects, and says who we are.
    /// - Parameter onPush: gets messages of channels, on the connection's event loop.
    package static func connect(
        _ configuration: RedisConfiguration, on group: any EventLoopGroup, onPush: @escaping @Sendable ([RedisValue]) -> Void = { _ in }
    ) async throws(RedisError) -> RedisConnection {
        let tls = try RedisTLS(configuration)
        let bootstrap = ClientBootstrap(group: group).connectTimeout(configuration.connectTimeout)
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
        let connection: RedisConnection
        do {
            connection = try await bootstrap.connect(host: configuration.host, port: configuration.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try RedisConnection(configuration, tls: tls, channel: channel, onPush: onPush)
                }
            }
        } catch {
            throw RedisError(cause: error)
        }
        do throws(RedisError) {
            let said = try await connection.greet(configuration)
            connection.greeting.withLock { $0 = said }
            return connection
        } catch {
            connection.abandon()
            throw error
        }
    }

    /// Sends at once; the future fails with a `RedisError`. Whoever calls this from several threads under one lock has its commands done in
    /// the lock's order.
    /// - Parameter limit: nil: as the configuration says.
    package func enqueue(_ command: RedisCommand, within limit: TimeAmount? = nil) -> EventLoopFuture<RedisValue> {
        let promise = channel.eventLoop.makePromise(of: RedisValue.self)
        let isRoom = pending.withLock { pending in
            guard pending < most else { return false }
            pending += 1
            return true
        }
        guard isRoom else {
            // Never before this returns: the caller may hold a lock that its callbacks want.
            channel.eventLoop.execute { promise.fail(RedisError.busy) }
            return promise.futureResult
        }
        promise.futureResult.whenComplete { [self] _ in pending.withLock { $0 -= 1 } }
        channel.eventLoop.execute { [handler, timeout] in handler.value.send(command, within: limit ?? timeout, promise) }
        return promise.futureResult
    }

    /// The answer to one command.
    @discardableResult
    package func send(_ command: RedisCommand) async throws(RedisError) -> RedisValue {
        try await Self.answer(to: enqueue(command))
    }

    /// The answers to several, which leave together.
    @discardableResult
    package func send(_ commands: [RedisCommand]) async throws(RedisError) -> [RedisValue] {
        var answers: [RedisValue] = []
        for future in commands.map({ enqueue($0) }) { answers.append(try await Self.answer(to: future)) }
        return answers
    }

    /// Waits for an answer that was asked for with `enqueue`.
    package static func answer(to future: EventLoopFuture<RedisValue>) async throws(RedisError) -> RedisValue {
        do {
            return try await future.get()
        } catch {
            throw RedisError(cause: error)
        }
    }

    /// Waits until the connection has ended.
    /// - Returns: why; `closed` when the server ended it, or we did.
    package func ended() async -> RedisError {
        try? await channel.closeFuture.get()
        return (try? await channel.eventLoop.submit { [handler] in handler.value.end }.get()) ?? .closed
    }

    /// Takes no further commands and ends when those on their way are answered, or their time is up.
    package func close() async {
        beginClosing()
        try? await channel.closeFuture.get()
    }

    /// As `close`, without waiting for the end.
    package func beginClosing() {
        channel.eventLoop.execute { [handler] in handler.value.closeGracefully() }
    }

    /// Ends now; what was not answered is not known to be done.
    package func abandon() {
        channel.close(promise: nil)
    }
}
