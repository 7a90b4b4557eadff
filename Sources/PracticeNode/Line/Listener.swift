import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// The listening socket and the connections that came through it.
final class Listener: Sendable {
    private struct State {
        var server: (any Channel)?
        var open: [ObjectIdentifier: any Channel] = [:]
        var reopening: Task<Void, Never>?
        var isStopped = false
    }

    private let configuration: PracticeNodeConfiguration
    private let stage: Stage
    private let tls: NIOSSLContext?
    private let group: MultiThreadedEventLoopGroup
    private let state = Mutex(State())

    /// - Throws: `PracticeNodeError.certificate`.
    init(_ configuration: PracticeNodeConfiguration, stage: Stage, group: MultiThreadedEventLoopGroup) throws(PracticeNodeError) {
        self.configuration = configuration
        self.stage = stage
        self.group = group
        tls = try NIOSSLContext.server(configuration)
    }

    /// - Returns: where it listens.
    /// - Throws: `PracticeNodeError.listening`.
    func open(port: Int) async throws(PracticeNodeError) -> SocketAddress {
        do {
            let server = try await bootstrap.bind(host: configuration.host, port: port).get()
            let isLate = state.withLock { state in
                state.server = state.isStopped ? nil : server
                return state.isStopped
            }
            if isLate { try? await server.close() }
            guard let address = server.localAddress else {
                throw PracticeNodeError.listening(address: configuration.host, reason: "no address")
            }
            return address
        } catch let error as PracticeNodeError {
            throw error
        } catch {
            throw PracticeNodeError.listening(address: "\(configuration.host):\(port)", reason: "\(error)")
        }
    }

    /// No new connections for that long, and the open ones are closed, as when a program is restarted. Zero: it listens all the time.
    /// - Parameter asker: the connection over which it was asked for: it still gets its answer.
    func refuse(for time: TimeAmount, asker: (any Channel)? = nil) {
        let (server, open) = state.withLock { state in
            defer { if time > .zero { state.server = nil } }
            return (state.server, Array(state.open.values))
        }
        for channel in open where channel !== asker { channel.close(promise: nil) }
        guard time > .zero, let server, let port = server.localAddress?.port else { return }
        server.close(promise: nil)
        let reopening = Task { [self] in
            try? await Task.sleep(for: .nanoseconds(time.nanoseconds))
            // It had the port before; if somebody took it meanwhile, the node stays deaf.
            if !Task.isCancelled { _ = try? await self.open(port: port) }
        }
        state.withLock { $0.reopening = reopening }
    }

    func stop() async {
        let (server, open, reopening) = state.withLock { state in
            state.isStopped = true
            return (state.server, Array(state.open.values), state.reopening)
        }
        // Its threads end after this: nothing may still be opening.
        reopening?.cancel()
        await reopening?.value
        try? await server?.close()
        for channel in open { try? await channel.close() }
    }

    private var bootstrap: ServerBootstrap {
        ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 4_096)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.maxMessagesPerRead, value: 16)
            .childChannelInitializer { [self] channel in
                keep(channel)
                return channel.eventLoop.makeCompletedFuture { try build(channel) }
            }
    }

    private func keep(_ channel: any Channel) {
        let name = ObjectIdentifier(channel)
        state.withLock { $0.open[name] = channel }
        channel.closeFuture.whenComplete { [self] _ in state.withLock { $0.open[name] = nil } }
    }

    private func build(_ channel: any Channel) throws {
        let pipeline = channel.pipeline.syncOperations
        let connection = stage.journal.openConnection()
        try pipeline.addHandler(FrontHandler(journal: stage.journal))
        if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
        if configuration.isBenchmark { return try pipeline.addHandler(BenchmarkHandler(pace: configuration.benchmarkPace)) }
        try pipeline.addHandler(ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)))
        try pipeline.addHandler(
            ExchangeHandler(stage: stage, connection: connection, isSecure: tls != nil) { [self] time, asker in
                refuse(for: time, asker: asker)
            })
    }
}

extension NIOSSLContext {
    /// Nil when neither file is named.
    fileprivate static func server(_ configuration: PracticeNodeConfiguration) throws(PracticeNodeError) -> NIOSSLContext? {
        guard configuration.certificateFile != nil || configuration.keyFile != nil else { return nil }
        guard let certificate = configuration.certificateFile, let key = configuration.keyFile else {
            throw PracticeNodeError.certificate("both files are needed")
        }
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(certificate).map { NIOSSLCertificateSource.certificate($0) }
            let privateKey = try NIOSSLPrivateKey(file: key, format: .pem)
            return try NIOSSLContext(configuration: .makeServerConfiguration(certificateChain: chain, privateKey: .privateKey(privateKey)))
        } catch {
            throw PracticeNodeError.certificate("\(error)")
        }
    }
}
