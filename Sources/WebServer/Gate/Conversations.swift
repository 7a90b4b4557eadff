import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP2
import NIOHTTPTypes

/// One connection (or HTTP/2 stream) whose requests the router answers.
enum Conversation: Sendable {
    case http1(NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>)
    case http2(NIOHTTP2Handler.AsyncStreamMultiplexer<NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>>)
}

/// From the event loops, where conversations begin, to the server's task group, where they are held.
final class Conversations: Sendable {
    private let arrivals: AsyncStream<Conversation>
    private let continuation: AsyncStream<Conversation>.Continuation

    init() {
        (arrivals, continuation) = AsyncStream.makeStream(of: Conversation.self, bufferingPolicy: .unbounded)
    }

    func begin(_ conversation: Conversation) {
        continuation.yield(conversation)
    }

    /// No more will begin: every connection is closed.
    func finish() {
        continuation.finish()
    }

    /// Holds all of them; returns after `finish`, when the last has ended.
    func hold(responder: @escaping HTTPChannelHandler.Responder, logger: Logger) async {
        let partner = RouterPartner(responder: responder)
        await withDiscardingTaskGroup { tasks in
            for await conversation in arrivals {
                tasks.addTask { await Self.hold(conversation, partner: partner, logger: logger) }
            }
        }
    }

    private static func hold(_ conversation: Conversation, partner: RouterPartner, logger: Logger) async {
        switch conversation {
        case .http1(let channel): await partner.handle(value: channel, logger: logger)
        case .http2(let streams): await hold(streams, partner: partner, logger: logger)
        }
    }

    private static func hold(
        _ streams: NIOHTTP2Handler.AsyncStreamMultiplexer<NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>>, partner: RouterPartner,
        logger: Logger
    ) async {
        await withDiscardingTaskGroup { tasks in
            do {
                for try await stream in streams.inbound {
                    tasks.addTask { await partner.handle(value: stream, logger: logger) }
                }
            } catch {
                logger.debug("an HTTP/2 connection ended in an error", metadata: ["error": "\(error)"])
            }
        }
    }
}

/// Hummingbird's side of a conversation.
struct RouterPartner: HTTPChannelHandler {
    let responder: HTTPChannelHandler.Responder

    /// Never called: our own gate sets channels up.
    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>> {
        channel.eventLoop.makeCompletedFuture { try NIOAsyncChannel(wrappingChannelSynchronously: channel) }
    }

    /// Until the channel closes. Who leaves takes the work for it along: the task is cancelled when the client has gone.
    func handle(value: NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>, logger: Logger) async {
        let work = Task { await handleHTTP(asyncChannel: value, logger: logger) }
        value.channel.closeFuture.whenComplete { _ in work.cancel() }
        await work.value
    }
}
