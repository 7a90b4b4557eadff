import NIOCore
import NIOPosix
import NIOSSL
import TestSupport

/// A client that sends exactly the bytes it is told and shows exactly what came back.
final class RawClient: Sendable {
    /// What came so far.
    struct Heard: Sendable {
        var bytes = ByteBuffer()
        var isEnded = false
        /// It ended in an error, such as a TLS connection without a goodbye.
        var isBroken = false
        var peerCertificate: [UInt8]?

        var text: String { String(buffer: bytes) }
    }

    struct TimedOut: Error {
        let heard: String
    }

    static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    let channel: any Channel
    private let ear: Ear<Heard>

    private init(channel: any Channel, ear: Ear<Heard>) {
        self.channel = channel
        self.ear = ear
    }

    /// - Parameters:
    ///   - applicationProtocols: for ALPN; nil: no TLS.
    ///   - reads: false: never takes a byte from the system.
    static func connect(to port: Int, applicationProtocols: [String]? = nil, reads: Bool = true) async throws -> RawClient {
        let ear = Ear(Heard())
        let channel = try await ClientBootstrap(group: group)
            .channelOption(.autoRead, value: reads)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let applicationProtocols {
                        var configuration = TLSConfiguration.makeClientConfiguration()
                        configuration.certificateVerification = .none
                        configuration.applicationProtocols = applicationProtocols
                        let context = try NIOSSLContext(configuration: configuration)
                        try channel.pipeline.syncOperations.addHandler(NIOSSLClientHandler(context: context, serverHostname: nil))
                    }
                    try channel.pipeline.syncOperations.addHandler(Listening(ear: ear))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        return RawClient(channel: channel, ear: ear)
    }

    func send(_ text: String) async throws {
        try await send(ByteBuffer(string: text))
    }

    func send(_ bytes: ByteBuffer) async throws {
        try await channel.writeAndFlush(bytes)
    }

    /// For bytes that the server may refuse to read.
    func sendBlindly(_ bytes: ByteBuffer) {
        channel.writeAndFlush(bytes, promise: nil)
    }

    /// Waits until what came satisfies `condition`.
    @discardableResult
    func wait(_ limit: Duration = .seconds(10), until condition: @escaping @Sendable (Heard) -> Bool) async throws -> Heard {
        try await ear.wait(limit, until: condition)
    }

    /// Everything until the server closes, then closes too.
    func everything(_ limit: Duration = .seconds(10)) async throws -> String {
        let heard = try await wait(limit) { $0.isEnded }
        try? await channel.close()
        return heard.text
    }

    /// Waits for `text` and returns all that came.
    @discardableResult
    func wait(for text: String) async throws -> String {
        try await wait { $0.text.contains(text) }.text
    }

    var heard: Heard { ear.value }

    func forget(_ count: Int) {
        ear.change { $0.bytes.moveReaderIndex(forwardBy: count) }
    }

    func close() async {
        try? await channel.close()
    }

    /// Closes our half only.
    func halfClose() async throws {
        try await channel.close(mode: .output)
    }
}

private final class Listening: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let ear: Ear<RawClient.Heard>

    init(ear: Ear<RawClient.Heard>) {
        self.ear = ear
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = Self.unwrapInboundIn(data)
        ear.change { $0.bytes.writeImmutableBuffer(bytes) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed? = event as? ChannelEvent { ear.change { $0.isEnded = true } }
        context.fireUserInboundEventTriggered(event)
    }

    func channelActive(context: ChannelHandlerContext) {
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        ear.change { $0.isEnded = true }
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        ear.change { ($0.isEnded, $0.isBroken) = (true, true) }
        context.close(promise: nil)
    }
}
