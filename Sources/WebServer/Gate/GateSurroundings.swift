import HTTPTypes
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// What all gates of one listener share.
final class GateSurroundings: Sendable {
    let policy: GatePolicy
    let isSecure: Bool
    let timeouts: WebServerTimeouts
    let publicOrigin: String?
    let date: DateStamp
    let trustedProxies: Set<String>
    let inputs: InputWatch
    let logger: Logger
    private let conversations: Conversations

    init(
        policy: GatePolicy, isSecure: Bool, configuration: WebServerConfiguration, date: DateStamp, conversations: Conversations,
        inputs: InputWatch, logger: Logger
    ) {
        self.policy = policy
        self.isSecure = isSecure
        timeouts = configuration.timeouts
        publicOrigin = configuration.publicOrigin
        trustedProxies = configuration.trustedProxies
        self.inputs = inputs
        self.logger = logger
        self.date = date
        self.conversations = conversations
    }

    /// Gives the rest of the connection's pipeline to the router.
    func handOver(_ channel: any Channel) throws {
        let exchange = try NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>(
            wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
        begin(.http1(exchange))
    }

    func begin(_ conversation: Conversation) {
        conversations.begin(conversation)
    }

    func socketRequest(from head: HTTPRequestHead, channel: any Channel) -> SocketRequest {
        SocketRequest(
            path: RequestTarget.path(of: head.uri), query: RequestTarget.query(of: head.uri),
            headers: HTTPFields(head.headers, splitCookie: false), clientAddress: channel.clientAddress, isSecure: isSecure,
            origin: head.headers["origin"].first, host: head.headers["host"].first, requestID: RequestID.make(), publicOrigin: publicOrigin)
    }
}

extension Channel {
    /// The peer's IP address; of an HTTP/2 stream, its connection's.
    var clientAddress: String {
        remoteAddress?.ipAddress ?? parent?.remoteAddress?.ipAddress ?? "unknown"
    }
}
