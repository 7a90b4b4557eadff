import NIOCore
import NIOPosix
import NIOSSL

/// A request that this server sends to itself through its own port, as a stranger would: only an answer proves that it serves.
///
/// A port can be shared (a supervisor holds it, and a stand-in may still accept there), so the answer must be this server's own: the request
/// carries a sign that nobody else knows. On an event loop of its own, so that one of ours which hangs is noticed.
struct RoundTrip: Sendable {
    /// In the request, with `Readiness.sign`.
    static let header = "x-switchboard-sign"
    /// What the answer says.
    static let word = "answering"

    /// Where the server listens.
    let address: SocketAddress
    let isSecure: Bool
    let sign: String

    /// Tries until an answer comes. The first tries are impatient: after a crash the queue of the port may be full of others, and the
    /// kernel lets who comes then wait for a second.
    /// - Returns: why none came; nil when one did.
    func prove(within patience: Duration) async -> String? {
        let end = ContinuousClock.now + patience
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        var limit = Duration.milliseconds(250)
        var failure: String?
        repeat {
            failure = await Self.ask(
                sign, isSecure: isSecure, on: group.next(), within: max(.milliseconds(10), min(limit, end - .now))
            ) { [target] in $0.connect(to: target) }
            limit = min(limit * 2, .seconds(5))
            if failure != nil { try? await Task.sleep(for: .milliseconds(10)) }
        } while failure != nil && ContinuousClock.now < end && !Task.isCancelled
        try? await group.shutdownGracefully()
        return failure
    }

    /// One request on a connection of its own.
    /// - Parameter connect: makes the connection.
    static func ask(
        _ sign: String, isSecure: Bool, on eventLoop: any EventLoop, within limit: Duration,
        connect: (ClientBootstrap) -> EventLoopFuture<any Channel>
    ) async -> String? {
        let heard = eventLoop.makePromise(of: String.self)
        do {
            let bootstrap = ClientBootstrap(group: eventLoop).connectTimeout(TimeAmount(limit)).channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if isSecure { try channel.pipeline.syncOperations.addHandler(tls()) }
                    try channel.pipeline.syncOperations.addHandler(AnswerReader(heard))
                }
            }
            let channel = try await connect(bootstrap).get()
            let alarm = eventLoop.scheduleTask(in: TimeAmount(limit)) { channel.close(promise: nil) }
            channel.writeAndFlush(ByteBuffer(string: request(sign)), promise: nil)
            let answer = try await heard.futureResult.get()
            alarm.cancel()
            channel.close(promise: nil)
            return problem(in: answer)
        } catch {
            heard.fail(error)
            return "\(error)"
        }
    }

    private static func request(_ sign: String) -> String {
        "GET /ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\(header): \(sign)\r\n\r\n"
    }

    /// Who listens on every address is to be found at the machine's own.
    private var target: SocketAddress {
        let own = address.ipAddress == "0.0.0.0" ? "127.0.0.1" : address.ipAddress == "::" ? "::1" : nil
        return own.flatMap { try? SocketAddress(ipAddress: $0, port: address.port ?? 0) } ?? address
    }

    /// The sign proves who answers, not the certificate: that is for the names of others, which this address is not.
    private static func tls() throws -> NIOSSLClientHandler {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = .none
        return try NIOSSLClientHandler(context: NIOSSLContext(configuration: configuration), serverHostname: nil)
    }

    /// Nil: it is an answer of this server.
    static func problem(in answer: String) -> String? {
        if AnswerReader.isOurs(answer) { return nil }
        let line = answer.prefix { $0 != "\r" && $0 != "\r\n" && $0 != "\n" }.prefix(80)
        return answer.isEmpty ? "the connection was taken and nothing came" : "somebody else answered: \(line)"
    }
}

/// Reads until it knows enough.
private final class AnswerReader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let promise: EventLoopPromise<String>
    private var gathered = ""

    init(_ promise: EventLoopPromise<String>) {
        self.promise = promise
    }

    /// An answer to our sign; or one that holds the request back as an input that killed before, which nobody but a serving worker does.
    static func isOurs(_ answer: String) -> Bool {
        answer.contains("\"\(RoundTrip.word)\"") || answer.contains("\"web.input_quarantined\"")
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        gathered += String(buffer: unwrapInboundIn(data))
        if gathered.utf8.count > 8_192 || Self.isOurs(gathered) { promise.succeed(gathered) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        promise.succeed(gathered)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        promise.fail(error)
        context.close(promise: nil)
    }
}
