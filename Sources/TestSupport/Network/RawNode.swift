import NIOCore
package import NIOPosix
package import NIOSSL

/// A node that does exactly what its script says, one run of it for each connection.
package final class RawNode: Sendable {
    package static let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)

    private let channel: any Channel
    /// How many connections were accepted.
    package let accepted: Ear<Int>

    private init(channel: any Channel, accepted: Ear<Int>) {
        self.channel = channel
        self.accepted = accepted
    }

    /// Of 127.0.0.1.
    package var port: Int { channel.localAddress?.port ?? 0 }

    /// - Parameter script: gets each connection with its number, from 0; the connection is closed when it returns.
    package static func run<Value>(
        tls: NIOSSLContext? = nil, script: @escaping @Sendable (RawPeer, Int) async throws -> Void, _ body: (RawNode) async throws -> Value
    ) async throws -> Value {
        let accepted = Ear(0)
        let channel = try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.backlog, value: 1_024)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let peer = RawPeer(channel: channel)
                    if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                    try channel.pipeline.syncOperations.addHandler(RawListener(peer: peer))
                    let number = accepted.value
                    accepted.change { $0 += 1 }
                    Task {
                        try? await script(peer, number)
                        try? await channel.close()
                    }
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let node = RawNode(channel: channel, accepted: accepted)
        do {
            let value = try await body(node)
            try? await channel.close()
            return value
        } catch {
            try? await channel.close()
            throw error
        }
    }
}

private final class RawListener: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let peer: RawPeer

    init(peer: RawPeer) {
        self.peer = peer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = Self.unwrapInboundIn(data)
        peer.ear.change { $0.bytes.writeImmutableBuffer(bytes) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed? = event as? ChannelEvent { end() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end()
        context.close(promise: nil)
    }

    private func end() {
        peer.ear.change { $0.endedAt = $0.endedAt ?? .now }
    }
}
