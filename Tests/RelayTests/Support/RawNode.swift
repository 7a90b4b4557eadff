import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

@testable import Relay

/// A node that does exactly what its script says, one run of it for each connection.
final class RawNode: Sendable {
    static let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)

    let channel: any Channel
    /// How many connections were accepted.
    let accepted: Ear<Int>

    private init(channel: any Channel, accepted: Ear<Int>) {
        self.channel = channel
        self.accepted = accepted
    }

    var port: Int { channel.localAddress?.port ?? 0 }

    func target(host: String = "127.0.0.1", isSecure: Bool = false, reach: AddressReach = .loopback) -> NodeTarget {
        NodeTarget(host: host, port: port, isSecure: isSecure, reach: reach)
    }

    /// - Parameter script: gets each connection with its number, from 0; the connection is closed when it returns.
    static func run<Value>(
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

/// One connection as the node sees it.
final class RawPeer: Sendable {
    struct Heard: Sendable {
        var bytes = ByteBuffer()
        var isEnded: Bool { endedAt != nil }
        /// When the other side closed, seen on the event loop: a busy machine's tasks come later.
        var endedAt: ContinuousClock.Instant?

        var text: String { String(buffer: bytes) }
    }

    let channel: any Channel
    let ear = Ear(Heard())

    init(channel: any Channel) {
        self.channel = channel
    }

    /// The next whole request (its body by `Content-Length`), taken out.
    func request() async throws -> String {
        let heard = try await ear.wait { $0.isEnded || Self.requestLength($0.bytes) != nil }
        guard let length = Self.requestLength(heard.bytes) else { throw ChannelError.eof }
        ear.change { $0.bytes.moveReaderIndex(forwardBy: length) }
        return String(decoding: heard.bytes.readableBytesView.prefix(length), as: UTF8.self)
    }

    private static func requestLength(_ bytes: ByteBuffer) -> Int? {
        let text = Data(bytes.readableBytesView)
        guard let end = text.range(of: Data("\r\n\r\n".utf8)) else { return nil }
        let head = String(decoding: text[..<end.lowerBound], as: UTF8.self).lowercased()
        let field = head.components(separatedBy: "\r\n").first { $0.hasPrefix("content-length: ") }
        let length = end.upperBound + (field.flatMap { Int($0.dropFirst(16)) } ?? 0)
        return text.count >= length ? length : nil
    }

    func send(_ text: String) async throws {
        try await channel.writeAndFlush(ByteBuffer(string: text))
    }

    func send(_ bytes: ByteBuffer) async throws {
        try await channel.writeAndFlush(bytes)
    }

    /// Until the other side has closed.
    func waitForEnd() async throws {
        try await ear.wait { $0.isEnded }
    }

    func close() async {
        try? await channel.close()
    }

    /// Under TLS without its goodbye.
    func drop() async {
        try? await channel.eventLoop.submit {
            try self.channel.pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self).close(promise: nil)
        }.get()
    }

    /// With RST instead of FIN.
    func reset() async {
        try? await (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        try? await channel.close()
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
        if case .inputClosed? = event as? ChannelEvent { peer.ear.change { $0.endedAt = $0.endedAt ?? .now } }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        peer.ear.change { $0.endedAt = $0.endedAt ?? .now }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        peer.ear.change { $0.endedAt = $0.endedAt ?? .now }
        context.close(promise: nil)
    }
}
