import NIOCore
import NIOPosix
import Testing

@testable import PracticeNode

/// A client that sends exactly the bytes it is told and shows exactly what came back.
final class Caller: Sendable {
    enum Heard: Sendable, Equatable {
        case bytes(ByteBuffer)
        /// In order.
        case ended
        case reset
    }

    struct Everything: Sendable {
        let bytes: ByteBuffer
        let end: Heard

        var text: String { String(buffer: bytes) }
    }

    static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    private let channel: any Channel
    private let heard: AsyncStream<Heard>

    private init(channel: any Channel, heard: AsyncStream<Heard>) {
        self.channel = channel
        self.heard = heard
    }

    static func connect(_ base: String) async throws -> Caller {
        let port = try #require(base.split(separator: ":").last.flatMap { Int($0) })
        let (heard, tell) = AsyncStream.makeStream(of: Heard.self)
        let channel = try await ClientBootstrap(group: group)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Ear(tell: tell)) }
            }
            .connect(host: "127.0.0.1", port: port).get()
        return Caller(channel: channel, heard: heard)
    }

    func send(_ text: String) async throws {
        try await send(ByteBuffer(string: text))
    }

    func send(_ bytes: ByteBuffer) async throws {
        try await channel.writeAndFlush(bytes)
    }

    func post(_ path: String, _ body: String, _ headers: String = "") async throws {
        try await send("POST \(path) HTTP/1.1\r\nhost: n\r\n\(headers)content-length: \(body.utf8.count)\r\n\r\n\(body)")
    }

    /// Until `mark` has come, or the connection ended.
    func hear(until mark: String) async -> String {
        var text = ByteBuffer()
        for await heard in heard {
            guard case .bytes(var bytes) = heard else { break }
            text.writeBuffer(&bytes)
            if String(buffer: text).contains(mark) { break }
        }
        return String(buffer: text)
    }

    /// Everything, and how it ended.
    func hearAll() async -> Everything {
        var all = ByteBuffer()
        for await heard in heard {
            guard case .bytes(var bytes) = heard else { return Everything(bytes: all, end: heard) }
            all.writeBuffer(&bytes)
        }
        return Everything(bytes: all, end: .ended)
    }

    func leave() async {
        try? await channel.close()
    }
}

private final class Ear: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let tell: AsyncStream<Caller.Heard>.Continuation
    private var isReset = false

    init(tell: AsyncStream<Caller.Heard>.Continuation) {
        self.tell = tell
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        tell.yield(.bytes(Self.unwrapInboundIn(data)))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        isReset = true
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        tell.yield(isReset ? .reset : .ended)
        tell.finish()
    }
}

/// A node named north for the time of `body`.
func withNode(_ change: (inout PracticeNodeConfiguration) -> Void = { _ in }, body: (PracticeNode, String) async throws -> Void)
    async throws
{
    var configuration = PracticeNodeConfiguration(name: "north")
    change(&configuration)
    let node = try PracticeNode(configuration)
    let base = try await node.start()
    do {
        try await body(node, base)
    } catch {
        await node.stop()
        throw error
    }
    await node.stop()
}

/// What one request gets, and how the connection ends. The request asks for its end.
func ask(_ base: String, _ path: String, _ body: String, _ headers: String = "") async throws -> Caller.Everything {
    let caller = try await Caller.connect(base)
    try await caller.post(path, body, headers + "connection: close\r\n")
    return await caller.hearAll()
}

let hello = #"{"model":"claude-haiku-4-5-20251001","max_tokens":9,"messages":[{"role":"user","content":"hi"}]}"#
let helloStream = #"{"model":"claude-haiku-4-5-20251001","max_tokens":9,"stream":true,"messages":[{"role":"user","content":"hi"}]}"#

/// The payload of a chunked body.
func unchunked(_ text: String) -> String { unchunked(ByteBuffer(string: text)) }

func unchunked(_ bytes: ByteBuffer) -> String {
    var rest = bytes
    guard let head = rest.firstRange(of: Array("\r\n\r\n".utf8)) else { return "" }
    rest.moveReaderIndex(forwardBy: head + 4)
    var payload = ByteBuffer()
    while let end = rest.firstRange(of: Array("\r\n".utf8)), let size = rest.readString(length: end).flatMap({ Int($0, radix: 16) }),
        size > 0
    {
        rest.moveReaderIndex(forwardBy: 2)
        guard var bytes = rest.readSlice(length: min(size, rest.readableBytes)) else { break }
        payload.writeBuffer(&bytes)
        rest.moveReaderIndex(forwardBy: min(2, rest.readableBytes))
    }
    return String(buffer: payload)
}
