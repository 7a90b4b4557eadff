import NIOCore

/// What incoming bytes amount to.
enum SocketInput: Equatable {
    case text(ByteBuffer)
    case binary(ByteBuffer)
    case ping(ByteBuffer)
    case pong
    /// The peer begins or answers the closing handshake; nil without a code.
    case close(code: UInt16?)
    /// The peer broke RFC 6455: close with this code, and read no more.
    case failure(code: UInt16, reason: String)
}

/// Turns the bytes of a client into messages: strict RFC 6455, without a channel, without I/O.
///
/// It reads ahead of the whole frame: what can't become valid is refused at the first byte that shows it, and an unfinished frame never keeps
/// more memory than came of it.
struct FrameReader {
    private let limit: Int
    private var head = FrameHead()
    /// Nil between frames.
    private var payloadLeft: Int?
    private var offset = 0
    private var message = ByteBuffer()
    /// Nil between messages: text or binary.
    private var messageKind: SocketOpcode?
    private var utf8 = UTF8Check()
    private var control = ByteBuffer()
    private var isDone = false

    /// - Parameter limit: bytes of a message over all its fragments.
    init(limit: Int) {
        self.limit = limit
    }

    /// The next thing in `buffer`; nil when it holds no more. Nothing comes after a close or a failure.
    mutating func next(from buffer: inout ByteBuffer) -> SocketInput? {
        while !isDone {
            if payloadLeft == nil {
                switch readHead(from: &buffer) {
                case .some(let failure): return failure
                case .none where payloadLeft == nil: return nil
                case .none: break
                }
            }
            if let failure = readPayload(from: &buffer) { return failure }
            guard payloadLeft == 0 else { return nil }
            if let input = finishFrame() { return input }
        }
        return nil
    }

    private mutating func readHead(from buffer: inout ByteBuffer) -> SocketInput? {
        while !head.isComplete {
            guard head.take(from: &buffer) else { return nil }
            if let problem = problemOfHead { return fail(problem.code, problem.reason) }
        }
        payloadLeft = Int(clamping: head.payloadLength)
        offset = 0
        if let opcode = head.opcode, opcode == .text || opcode == .binary {
            messageKind = opcode
            utf8 = UTF8Check()
        }
        return nil
    }

    private var problemOfHead: (code: UInt16, reason: String)? {
        guard head.hasBegun else { return nil }
        if head.hasReservedBits { return (1_002, "reserved bits are set") }
        guard let opcode = head.opcode else { return (1_002, "unknown opcode") }
        if !head.isMasked { return (1_002, "a client's frames must be masked") }
        if opcode.isControl {
            if !head.isFinal { return (1_002, "a control frame is fragmented") }
            if head.shortLength > 125 { return (1_002, "a control frame is too long") }
            if opcode == .close, head.shortLength == 1 { return (1_002, "half a close code") }
        } else if (opcode == .continuation) != (messageKind != nil) {
            return (1_002, messageKind == nil ? "a continuation of nothing" : "a new message within another")
        }
        guard head.hasLength else { return nil }
        if head.hasBadLength { return (1_002, "a length is not in its shortest form") }
        if !opcode.isControl, head.payloadLength > UInt64(max(0, limit - message.readableBytes)) {
            return (1_009, "a message may have at most \(limit) bytes")
        }
        return nil
    }

    private mutating func readPayload(from buffer: inout ByteBuffer) -> SocketInput? {
        guard let left = payloadLeft, left > 0 else { return nil }
        guard let part = buffer.readSlice(length: min(left, buffer.readableBytes)), part.readableBytes > 0 else { return nil }
        payloadLeft = left - part.readableBytes
        let start = offset
        offset += part.readableBytes
        if head.opcode?.isControl == true {
            Masking.append(part, to: &control, mask: head.mask, offset: start, expecting: left)
            return nil
        }
        let from = message.readableBytes
        Masking.append(part, to: &message, mask: head.mask, offset: start, expecting: left)
        guard messageKind == .text else { return nil }
        let valid = message.withUnsafeReadableBytes { utf8.accept(UnsafeRawBufferPointer(rebasing: $0.dropFirst(from))) }
        return valid ? nil : fail(1_007, "a text is not UTF-8")
    }

    private mutating func finishFrame() -> SocketInput? {
        let opcode = head.opcode
        let isFinal = head.isFinal
        head = FrameHead()
        payloadLeft = nil
        switch opcode {
        case .ping: return .ping(takeControl())
        case .pong:
            control = ByteBuffer()
            return .pong
        case .close: return finishClose(takeControl())
        default: return isFinal ? finishMessage() : nil
        }
    }

    private mutating func finishMessage() -> SocketInput? {
        let kind = messageKind
        messageKind = nil
        let whole = message
        message = ByteBuffer()
        guard kind == .text else { return .binary(whole) }
        return utf8.isComplete ? .text(whole) : fail(1_007, "a text ends within a character")
    }

    private mutating func finishClose(_ payload: ByteBuffer) -> SocketInput {
        var payload = payload
        guard let code = payload.readInteger(as: UInt16.self) else {
            isDone = true
            return .close(code: nil)
        }
        guard CloseCode.isValid(code) else { return fail(1_002, "no such close code") }
        var check = UTF8Check()
        let valid = payload.withUnsafeReadableBytes { check.accept($0) } && check.isComplete
        guard valid else { return fail(1_007, "a close reason is not UTF-8") }
        isDone = true
        return .close(code: code)
    }

    private mutating func takeControl() -> ByteBuffer {
        defer { control = ByteBuffer() }
        return control
    }

    private mutating func fail(_ code: UInt16, _ reason: String) -> SocketInput {
        isDone = true
        message = ByteBuffer()
        return .failure(code: code, reason: reason)
    }
}

/// The close codes of RFC 6455 section 7.4 that may stand on the wire.
enum CloseCode {
    static func isValid(_ code: UInt16) -> Bool {
        switch code {
        case 1_000...1_003, 1_007...1_014, 3_000...4_999: true
        default: false
        }
    }
}
