import Crypto
import NIOCore
import NIOHTTP1

/// One connection: gathers a request, lets the stage decide, plays the answer, then takes the next one.
final class ExchangeHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    /// What is gathered of a body; more is only counted and hashed.
    private static let bodyLimit = 64 << 20
    /// Parts of pipelined requests that may wait.
    private static let waitingLimit = 4_096

    private struct Arriving {
        let number: Int
        let head: HTTPRequestHead
        var body = ByteBuffer()
        var length = 0
        var hash = SHA256()
        let since = NIODeadline.now()
    }

    private let stage: Stage
    private let connection: Int
    private let scheme: String
    private let refuse: (TimeAmount, (any Channel)?) -> Void
    private var arriving: Arriving?
    private var player: Player?
    private var waiting = CircularBuffer<HTTPServerRequestPart>()
    /// Whether what breaks now was broken by us, or was counted.
    private var isExpectingErrors = false

    init(stage: Stage, connection: Int, isSecure: Bool, refuse: @escaping (TimeAmount, (any Channel)?) -> Void) {
        self.stage = stage
        self.connection = connection
        scheme = isSecure ? "https" : "http"
        self.refuse = refuse
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = Self.unwrapInboundIn(data)
        guard player == nil else {
            waiting.append(part)
            if waiting.count > Self.waitingLimit { context.close(promise: nil) }
            return
        }
        take(part, context)
    }

    private func take(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
        switch part {
        case .head(let head):
            if head.headers.first(name: "expect")?.lowercased() == "100-continue" {
                context.writeAndFlush(Self.wrapOutboundOut(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")), promise: nil)
            }
            arriving = Arriving(number: stage.journal.open(head, connection: connection), head: head)
        case .body(var bytes):
            arriving?.length += bytes.readableBytes
            arriving?.hash.update(bytes)
            guard let length = arriving?.length, length <= Self.bodyLimit else {
                arriving?.body.clear()
                return
            }
            arriving?.body.writeBuffer(&bytes)
        case .end:
            guard let whole = arriving else { return }
            arriving = nil
            perform(whole, context)
        }
    }

    private func perform(_ whole: Arriving, _ context: ChannelHandlerContext) {
        stage.journal.change(whole.number) { record in
            record.length = whole.length
            record.sha256 = whole.hash.finalize().hex
            record.isWhole = true
            record.receivedAfter = whole.since.elapsed
        }
        stage.journal.keepBody(whole.body, of: whole.number)
        let host = whole.head.headers.first(name: "host") ?? "127.0.0.1"
        let request = IncomingRequest(
            number: whole.number, head: whole.head, body: whole.body, length: whole.length, base: "\(scheme)://\(host)")
        let delivery = stage.perform(request, isLocal: context.channel.remoteAddress?.isLoopback ?? false)
        if let refusal = delivery.refusal { refuse(refusal, context.channel) }
        let player = Player(delivery, for: whole.head, over: context, note: note(whole.number, whole.since)) { [weak self] ending in
            self?.played(whole.number, ending, context)
        }
        self.player = player
        player.play()
    }

    private func note(_ number: Int, _ since: NIODeadline) -> (Player.Progress) -> Void {
        { [journal = stage.journal] progress in
            journal.change(number) { record in
                switch progress {
                case .started(let status):
                    record.status = status
                    record.startedAfter = since.elapsed
                case .ended(let length, let hash):
                    record.endedAfter = since.elapsed
                    record.answerLength = length
                    record.answerSHA256 = hash
                }
            }
        }
    }

    private func played(_ number: Int, _ ending: Player.Ending, _ context: ChannelHandlerContext) {
        player = nil
        isExpectingErrors = ending != .kept
        stage.journal.close(number, leftEarly: ending == .left)
        switch ending {
        case .left: break
        case .reset: context.resetConnection()
        case .close: context.close(promise: nil)
        case .kept:
            while player == nil, let part = waiting.popFirst() { take(part, context) }
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        player?.writabilityChanged()
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        if let arriving {
            self.arriving = nil
            stage.journal.close(arriving.number, leftEarly: true)
        }
        player?.leave()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if !isExpectingErrors { stage.journal.count { $0.brokenConnections += 1 } }
        isExpectingErrors = true
        context.close(promise: nil)
    }
}

extension NIODeadline {
    /// Whole milliseconds since then.
    var elapsed: Int { Int((NIODeadline.now() - self).nanoseconds / 1_000_000) }
}

extension SHA256 {
    mutating func update(_ bytes: ByteBuffer) {
        bytes.withUnsafeReadableBytes { update(bufferPointer: $0) }
    }
}

extension SHA256.Digest {
    var hex: String {
        let digits = Array("0123456789abcdef".utf8)
        var text = ""
        for byte in self {
            text.unicodeScalars.append(Unicode.Scalar(digits[Int(byte >> 4)]))
            text.unicodeScalars.append(Unicode.Scalar(digits[Int(byte & 15)]))
        }
        return text
    }
}

extension SocketAddress {
    var isLoopback: Bool { ipAddress.map { $0.hasPrefix("127.") || $0 == "::1" || $0.hasPrefix("::ffff:127.") } ?? false }
}

extension ChannelHandlerContext {
    /// RST instead of FIN, past TLS, which would say goodbye first.
    func resetConnection() {
        // On the channel's own loop it is set at once.
        _ = (channel as? any SocketOptionProvider)?.unsafeSetSocketOption(level: .socket, name: .so_linger, value: Linger())
        guard let first = try? pipeline.syncOperations.context(handlerType: FrontHandler.self) else { return close(promise: nil) }
        first.close(promise: nil)
    }
}

/// `struct linger` of socket(7): close at once and throw away what was not sent.
private struct Linger {
    var isOn: Int32 = 1
    var seconds: Int32 = 0
}
