import FoundationEssentials
import Glibc
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Supervision

/// Takes orders of the command line while the server runs: one JSON object in a line, one in answer.
struct ControlSocket: Service {
    let directory: String
    let logger: Logger
    let carryOut: @Sendable (HouseOrder) async -> HouseAnswer

    func run() async throws {
        guard let address = DoorAddress(directory: directory, file: DoorAddress.control) else { return }
        address.removeLeftover()
        let orders = carryOut
        let logger = logger
        guard let descriptor = address.bound() else { return await refused("it can't be bound") }
        let listening = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ControlLine(logger: logger, carryOut: orders))
                }
            }
            .withBoundSocket(descriptor)
        do {
            let channel = try await listening.get()
            try? await gracefulShutdown()
            try? await channel.close()
            address.removeLeftover()
        } catch {
            await refused("\(error)")
        }
    }

    /// The desk works without it; the command line will say that the directory is in use.
    private func refused(_ reason: String) async {
        logger.error("the control socket could not be opened", metadata: ["error": "\(reason)"])
        try? await gracefulShutdown()
    }
}

/// One caller's connection.
private final class ControlLine: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Bytes of an order.
    private static let limit = 64 * 1_024
    private let logger: Logger
    private let carryOut: @Sendable (HouseOrder) async -> HouseAnswer
    private var gathered = ByteBuffer()
    private var isAnswering = false

    init(logger: Logger, carryOut: @escaping @Sendable (HouseOrder) async -> HouseAnswer) {
        self.logger = logger
        self.carryOut = carryOut
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isAnswering else { return }
        var bytes = Self.unwrapInboundIn(data)
        gathered.writeBuffer(&bytes)
        guard gathered.readableBytes <= Self.limit else { return context.close(promise: nil) }
        guard gathered.readableBytesView.last == UInt8(ascii: "\n") else { return }
        isAnswering = true
        answer(Data(gathered.readableBytesView), context: context)
    }

    private func answer(_ bytes: Data, context: ChannelHandlerContext) {
        let channel = context.channel
        let carryOut = carryOut
        Task {
            let answer: HouseAnswer
            do {
                answer = await carryOut(try JSONDecoder().decode(HouseOrder.self, from: bytes))
            } catch {
                answer = HouseAnswer(refusal: "the running server does not understand this order: is it of the same version?")
            }
            var out = ByteBuffer(bytes: (try? JSONEncoder().encode(answer)) ?? Data())
            out.writeInteger(UInt8(ascii: "\n"))
            try? await channel.writeAndFlush(out)
            try? await channel.close()
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
