import NIOCore

/// The reader as a part of a pipeline. An error closes the connection.
struct RedisDecoder: ByteToMessageDecoder {
    typealias InboundOut = RedisValue

    private var reader: RedisReader

    init(limits: RedisSyntaxLimits = RedisSyntaxLimits()) {
        reader = RedisReader(limits: limits)
    }

    mutating func decode(context: ChannelHandlerContext, buffer: inout ByteBuffer) throws -> DecodingState {
        guard let value = try reader.next(&buffer) else { return .needMoreData }
        context.fireChannelRead(Self.wrapInboundOut(value))
        return .continue
    }

    mutating func decodeLast(context: ChannelHandlerContext, buffer: inout ByteBuffer, seenEOF: Bool) throws -> DecodingState {
        try decode(context: context, buffer: &buffer)
    }
}
