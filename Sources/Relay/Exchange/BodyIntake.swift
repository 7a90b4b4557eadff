import NIOCore

/// The request's body on its way from the client: gathered, streamed, kept until somebody wants it, or thrown away. Pure.
struct BodyIntake {
    /// What to do with bytes that came.
    enum Taken {
        case kept
        /// Kept, and enough for now.
        case full
        /// More than was allowed.
        case tooLarge
        /// For the node.
        case passOn
        case thrownAway
        /// Thrown away, and so many that no more should be asked for.
        case tired
    }

    private enum Mode {
        case waiting, spent
        case gathering(limit: Int)
        case streaming(left: Int)
    }

    /// Of a body that nobody wants, this much is read.
    static let unwantedLimit = 256 * 1_024

    let framing: RequestFraming
    /// All of it has come.
    private(set) var isComplete: Bool
    private var mode = Mode.waiting
    private var backlog: [ByteBuffer] = []
    private var gathered = ByteBuffer()
    private var unwanted = 0

    init(_ framing: RequestFraming) {
        self.framing = framing
        isComplete = framing == .none
    }

    var isGathering: Bool {
        if case .gathering = mode { true } else { false }
    }

    /// Nothing of it has been given to anyone.
    var isUntouched: Bool {
        if case .waiting = mode { true } else { false }
    }

    var isStreaming: Bool {
        if case .streaming = mode { true } else { false }
    }

    /// False: it is too large, or gone.
    mutating func gather(limit: Int) -> Bool {
        guard isUntouched else { return false }
        var isAllowed = true
        if case .length(let length) = framing {
            isAllowed = length <= limit
            // A short one mostly comes in one piece.
            if isAllowed, length > 2_048 { gathered.reserveCapacity(length) }
        }
        let early = backlog
        backlog = []
        mode = isAllowed ? .gathering(limit: limit) : .spent
        for bytes in early {
            if case .tooLarge = take(bytes) { isAllowed = false }
        }
        return isAllowed
    }

    /// Hands over what was gathered; nil while it is not whole.
    mutating func takeGathered() -> ByteBuffer? {
        guard isGathering, isComplete else { return nil }
        mode = .spent
        defer { gathered = ByteBuffer() }
        return gathered
    }

    /// From now on it goes to the node, up to `limit` bytes; returns what came before. Nil: it is gone, or that is too much already.
    mutating func stream(limit: Int) -> [ByteBuffer]? {
        let left = limit - backlog.reduce(0) { $0 + $1.readableBytes }
        guard isUntouched, left >= 0 else { return nil }
        mode = .streaming(left: left)
        defer { backlog = [] }
        return backlog
    }

    /// Nobody wants the rest.
    mutating func giveUp() {
        mode = .spent
        backlog = []
        gathered = ByteBuffer()
    }

    mutating func streamEnded() {
        if case .streaming = mode { giveUp() }
    }

    mutating func take(_ bytes: ByteBuffer) -> Taken {
        switch mode {
        case .waiting:
            backlog.append(bytes)
            return .full
        case .streaming(let left):
            // Who sends without saying how much is held to the same limit as who says it.
            guard bytes.readableBytes <= left else {
                giveUp()
                return .tooLarge
            }
            mode = .streaming(left: left - bytes.readableBytes)
            return .passOn
        case .spent:
            unwanted += bytes.readableBytes
            return unwanted > Self.unwantedLimit ? .tired : .thrownAway
        case .gathering(let limit):
            guard gathered.readableBytes + bytes.readableBytes <= limit else {
                giveUp()
                return .tooLarge
            }
            append(bytes)
            return .kept
        }
    }

    mutating func complete() {
        isComplete = true
    }

    /// Without a copy when all came in one piece, and the piece holds little else.
    private mutating func append(_ bytes: ByteBuffer) {
        if gathered.readableBytes == 0, case .length(bytes.readableBytes) = framing,
            bytes.storageCapacity <= 2 * bytes.readableBytes + 4_096
        {
            gathered = bytes
        } else {
            gathered.writeImmutableBuffer(bytes)
        }
    }
}
