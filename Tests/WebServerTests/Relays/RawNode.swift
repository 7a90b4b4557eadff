import Foundation
import NIOCore
import NIOPosix
import Synchronization

@testable import WebServer

/// A node behind the relay that does what its script says, one run of it for each connection.
struct RawNode: Sendable {
    private let channel: any Channel
    let accepted: Ears<Int>

    var port: Int { channel.localAddress?.port ?? 0 }

    static func run<Value>(
        script: @escaping @Sendable (RawPeer, Int) async throws -> Void, _ body: (RawNode) async throws -> Value
    ) async throws -> Value {
        let accepted = Ears(0)
        let channel = try await ServerBootstrap(group: RawClient.group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let peer = RawPeer(channel: channel)
                    try channel.pipeline.syncOperations.addHandler(PeerListener(peer: peer))
                    let number = accepted.value
                    accepted.change { $0 += 1 }
                    Task {
                        try? await script(peer, number)
                        try? await channel.close()
                    }
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        do {
            let value = try await body(RawNode(channel: channel, accepted: accepted))
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
    let channel: any Channel
    let ear = Ear()
    /// When the other side closed, seen on the event loop: a busy machine's tasks come later.
    let endedAt = Mutex<ContinuousClock.Instant?>(nil)

    init(channel: any Channel) {
        self.channel = channel
    }

    /// The next whole request (its body by `Content-Length`), taken out.
    func request() async throws -> String {
        let heard = try await ear.wait(.seconds(20)) { $0.isEnded || Self.requestLength($0.bytes) != nil }
        guard let length = Self.requestLength(heard.bytes) else { throw ChannelError.eof }
        ear.forget(length)
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

    func waitForEnd() async throws {
        _ = try await ear.wait(.seconds(60)) { $0.isEnded }
    }
}

private final class PeerListener: ChannelInboundHandler {
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
        peer.endedAt.withLock { $0 = $0 ?? .now }
        peer.ear.change { $0.isEnded = true }
    }
}
