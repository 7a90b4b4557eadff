import NIOCore

/// Answers of fixed bytes: no parser, no record, no fault. It finds where a request ends and whether it wants a stream, and that is all.
///
/// Requests have a `content-length` or no body. A paced stream's events hold the time at which each was written: nanoseconds of the
/// system's monotonic clock, so that a reader on the same machine can tell how long an event was on its way.
final class BenchmarkHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private static let headLimit = 64 << 10
    private static let limit = 64 << 20

    private let pace: TimeAmount?
    private var gathered = ByteBuffer()
    private var isStreaming = false
    private var timer: Scheduled<Void>?
    private var left = 0
    private var nextAt = NIODeadline.now()

    init(pace: Int?) {
        self.pace = pace.map { .milliseconds(Int64($0)) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = Self.unwrapInboundIn(data)
        if gathered.readableBytes == 0 { gathered = bytes } else { gathered.writeBuffer(&bytes) }
        serve(context)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.flush()
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func serve(_ context: ChannelHandlerContext) {
        while !isStreaming, gathered.readableBytes > 0 {
            guard let request = BenchmarkRequest(gathered) else {
                let isHopeless = gathered.readableBytes > Self.headLimit && !gathered.hasHeadEnd || gathered.readableBytes > Self.limit
                return isHopeless ? context.close(promise: nil) : ()
            }
            gathered.moveReaderIndex(forwardBy: request.length)
            if gathered.readableBytes == 0 { gathered.clear() }
            answer(request, context)
        }
    }

    private func answer(_ request: BenchmarkRequest, _ context: ChannelHandlerContext) {
        switch request.kind {
        case .whole: write(BenchmarkAnswers.whole, context)
        case .headOnly: write(BenchmarkAnswers.headOnly, context)
        case .stream:
            guard let pace else { return write(BenchmarkAnswers.burst, context) }
            startStream(pace, context)
        }
    }

    private func startStream(_ pace: TimeAmount, _ context: ChannelHandlerContext) {
        isStreaming = true
        write(BenchmarkAnswers.streamStart, context)
        context.flush()
        left = BenchmarkAnswers.count
        nextAt = .now()
        sendLater(pace, context)
    }

    private func sendLater(_ pace: TimeAmount, _ context: ChannelHandlerContext) {
        // By the clock and not by the last event: lateness does not add up.
        nextAt = nextAt + pace
        timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: nextAt) {
            guard self.left > 0 else { return self.endStream(context) }
            self.left -= 1
            self.write(BenchmarkAnswers.event(at: .now()), context)
            context.flush()
            self.sendLater(pace, context)
        }
    }

    private func endStream(_ context: ChannelHandlerContext) {
        timer = nil
        isStreaming = false
        write(BenchmarkAnswers.streamEnd, context)
        serve(context)
        context.flush()
    }

    private func write(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        context.write(Self.wrapOutboundOut(bytes), promise: nil)
    }
}

/// What must be known of a request.
struct BenchmarkRequest {
    enum Kind { case whole, stream, headOnly }

    /// Of head and body.
    let length: Int
    let kind: Kind

    private static let headEnd = Array("\r\n\r\n".utf8)
    private static let lengthName = Array("\ncontent-length:".utf8)
    private static let stream = Array("\"stream\":true".utf8)
    private static let spacedStream = Array("\"stream\": true".utf8)

    /// Nil until all of it is there.
    init?(_ bytes: ByteBuffer) {
        let found = bytes.withUnsafeReadableBytes { bytes -> (Int, Kind)? in
            guard let headLength = Self.find(Self.headEnd, in: bytes).map({ $0 + Self.headEnd.count }) else { return nil }
            let head = UnsafeRawBufferPointer(rebasing: bytes[..<headLength])
            let whole = headLength + (Self.bodyLength(head) ?? 0)
            guard bytes.count >= whole else { return nil }
            // "HEAD": the methods that a gateway sends differ in their first letters.
            if head.first == UInt8(ascii: "H") { return (whole, .headOnly) }
            let body = UnsafeRawBufferPointer(rebasing: bytes[headLength..<whole])
            let isStream = Self.find(Self.stream, in: body) != nil || Self.find(Self.spacedStream, in: body) != nil
            return (whole, isStream ? .stream : .whole)
        }
        guard let found else { return nil }
        (length, kind) = found
    }

    private static func bodyLength(_ head: UnsafeRawBufferPointer) -> Int? {
        guard let place = find(lengthName, in: head) else { return nil }
        var length = 0
        for byte in head[(place + lengthName.count)...] where byte != UInt8(ascii: " ") {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte), length < 1 << 32 else { break }
            length = length * 10 + Int(byte & 15)
        }
        return length
    }

    /// Where `pattern` (lower case) is, whatever the case of the letters there.
    private static func find(_ pattern: [UInt8], in bytes: UnsafeRawBufferPointer) -> Int? {
        guard let first = pattern.first, bytes.count >= pattern.count else { return nil }
        return pattern.withUnsafeBufferPointer { pattern in
            var position = 0
            let last = bytes.count - pattern.count
            while position <= last {
                if bytes[position] == first {
                    var index = 1
                    while index < pattern.count, lower(bytes[position + index]) == pattern[index] { index += 1 }
                    if index == pattern.count { return position }
                }
                position += 1
            }
            return nil
        }
    }

    private static func lower(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}

extension ByteBuffer {
    fileprivate var hasHeadEnd: Bool { firstRange(of: Array("\r\n\r\n".utf8)) != nil }
}
