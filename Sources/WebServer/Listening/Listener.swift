import Host
import Logging
import NIOCore
import NIOPosix
import NIOSSL

#if canImport(Glibc)
    import Glibc
#endif

/// One listening port.
struct Listener: Sendable {
    let channel: any Channel
    let bound: BoundAddress

    func close() async {
        try? await channel.close()
    }

    /// Accepts from now on.
    func resume() async {
        try? await channel.setOption(.autoRead, value: true).get()
    }

    /// Accepts no more; who comes waits in the kernel's queue.
    func pause() async {
        try? await channel.setOption(.autoRead, value: false).get()
    }
}

/// Opens ports and furnishes what arrives there.
struct ListenerMaker: Sendable {
    let configuration: WebServerConfiguration
    let group: any EventLoopGroup
    let watches: LoopWatches
    let connections: ConnectionCount
    let spare: SpareDescriptor
    let logger: Logger

    /// Throws a `WebServerError` that names port and holder.
    func listen(
        on address: SocketAddress, surroundings: GateSurroundings, certificate: CertificateKeeper?
    ) async throws -> Listener {
        do {
            let channel = try await bootstrap(surroundings: surroundings, certificate: certificate).bind(to: address).get()
            let host = channel.localAddress?.ipAddress ?? configuration.address
            let bound = BoundAddress(isSecure: certificate != nil, host: host, port: channel.localAddress?.port ?? 0)
            return Listener(channel: channel, bound: bound)
        } catch let error as IOError {
            throw explain(error, port: address.port ?? 0)
        }
    }

    /// Accepts on a port that is open already.
    func listen(on port: InheritedPort, surroundings: GateSurroundings, certificate: CertificateKeeper?) async throws -> Listener {
        do {
            let channel = try await bootstrap(surroundings: surroundings, certificate: certificate).withBoundSocket(port.descriptor).get()
            let address = channel.localAddress
            let bound = BoundAddress(
                isSecure: certificate != nil, host: address?.ipAddress ?? configuration.address, port: address?.port ?? 0)
            return Listener(channel: channel, bound: bound)
        } catch {
            throw WebServerError.bindFailed(address: configuration.address, port: 0, reason: "\(error)")
        }
    }

    /// A connection within this process: what is written to the descriptor comes as from a client.
    /// - Returns: the other end, the caller's to use; nil when the system gives none.
    func inside(on eventLoop: any EventLoop, surroundings: GateSurroundings, certificate: CertificateKeeper?) async -> CInt? {
        var ends: [CInt] = [-1, -1]
        let kind = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0, let ours = ends.first, let theirs = ends.last else { return nil }
        let channel = try? await ClientBootstrap(group: eventLoop)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try furnish(channel, surroundings: surroundings, certificate: certificate) }
            }
            .withConnectedSocket(ours).get()
        guard channel == nil else { return theirs }
        Glibc.close(theirs)
        return nil
    }

    private func bootstrap(surroundings: GateSurroundings, certificate: CertificateKeeper?) -> ServerBootstrap {
        ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1_024)
            // Lets a restart take the port from connections that only linger; never from a live process (that would be SO_REUSEPORT).
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            // Until `resume`: whoever comes waits in the kernel's queue.
            .serverChannelOption(.autoRead, value: false)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptWatch(spare: spare, logger: logger))
                }
            }
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.writeBufferWaterMark, value: ChannelOptions.Types.WriteBufferWaterMark(low: 32 * 1_024, high: 64 * 1_024))
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try furnish(channel, surroundings: surroundings, certificate: certificate) }
            }
    }

    private func furnish(_ channel: any Channel, surroundings: GateSurroundings, certificate: CertificateKeeper?) throws {
        if spare.isGivenUp {
            channel.closeFuture.whenComplete { [spare] _ in spare.takeBack() }
            throw ConnectionRefused()
        }
        guard let watch = watches.watch(of: channel.eventLoop), connections.enter() else { throw ConnectionRefused() }
        channel.closeFuture.whenComplete { [connections] _ in connections.leave() }
        guard let certificate else { return try surroundings.furnishHTTP1(channel, watch: watch) }
        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: certificate.context))
        try channel.pipeline.syncOperations.addHandler(TLSDoor(watch: watch, surroundings: surroundings))
    }

    private func explain(_ error: IOError, port: Int) -> WebServerError {
        switch error.errnoCode {
        case EADDRINUSE: .portTaken(address: configuration.address, port: port, holder: PortHolder.describe(port: port))
        case EACCES, EPERM: .portForbidden(address: configuration.address, port: port)
        case EADDRNOTAVAIL: .addressUnusable(address: configuration.address, reason: "this machine does not have it")
        default: .bindFailed(address: configuration.address, port: port, reason: String(cString: strerror(error.errnoCode)))
        }
    }
}

/// Full house: the connection is closed before anything is read.
struct ConnectionRefused: Error {}

/// Sees to it that connections which can't be accepted are turned away, and says so at most once a minute.
final class AcceptWatch: ChannelInboundHandler {
    typealias InboundIn = any Channel

    private let spare: SpareDescriptor
    private let logger: Logger
    private var lastSaid: NIODeadline?

    init(spare: SpareDescriptor, logger: Logger) {
        self.spare = spare
        self.logger = logger
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? IOError, error.errnoCode == EMFILE || error.errnoCode == ENFILE { spare.giveUp() }
        let now = NIODeadline.now()
        if let lastSaid, now - lastSaid < .minutes(1) { return }
        lastSaid = now
        logger.warning("a connection could not be accepted", metadata: ["error": "\(error)"])
    }
}
