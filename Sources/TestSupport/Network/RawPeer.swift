package import NIOCore
import NIOPosix
import NIOSSL

#if canImport(Glibc)
    import Glibc
#endif

/// One connection as a `RawNode` sees it.
package final class RawPeer: Sendable {
    package struct Heard: Sendable {
        package var bytes = ByteBuffer()
        package var isEnded: Bool { endedAt != nil }
        /// When the other side closed, seen on the event loop: a busy machine's tasks come later.
        package var endedAt: ContinuousClock.Instant?

        package var text: String { String(buffer: bytes) }
    }

    package let channel: any Channel
    package let ear = Ear(Heard())

    init(channel: any Channel) {
        self.channel = channel
    }

    /// The next whole request (its body by `Content-Length`), taken out.
    package func request() async throws -> String {
        let heard = try await ear.wait(.seconds(20)) { $0.isEnded || Self.requestLength($0.bytes) != nil }
        guard let length = Self.requestLength(heard.bytes) else { throw ChannelError.eof }
        ear.change { $0.bytes.moveReaderIndex(forwardBy: length) }
        return String(decoding: heard.bytes.readableBytesView.prefix(length), as: UTF8.self)
    }

    private static func requestLength(_ bytes: ByteBuffer) -> Int? {
        let view = bytes.readableBytesView
        guard let end = view.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let head = String(decoding: view[..<end.lowerBound], as: UTF8.self).lowercased()
        let field = head.split(separator: "\r\n").first { $0.hasPrefix("content-length: ") }
        let length = view.distance(from: view.startIndex, to: end.upperBound) + (field.flatMap { Int($0.dropFirst(16)) } ?? 0)
        return view.count >= length ? length : nil
    }

    package func send(_ text: String) async throws {
        try await channel.writeAndFlush(ByteBuffer(string: text))
    }

    package func send(_ bytes: ByteBuffer) async throws {
        try await channel.writeAndFlush(bytes)
    }

    /// Until the other side has closed.
    package func waitForEnd() async throws {
        try await ear.wait(.seconds(60)) { $0.isEnded }
    }

    package func close() async {
        try? await channel.close()
    }

    /// Under TLS without its goodbye.
    package func drop() async {
        try? await channel.eventLoop.submit {
            try self.channel.pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self).close(promise: nil)
        }.get()
    }

    /// With RST instead of FIN.
    package func reset() async {
        try? await (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        try? await channel.close()
    }
}
