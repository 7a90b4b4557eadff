import NIOCore

/// How an answer goes over the wire, piece by piece: what a fault changes and what the player plays.
struct Delivery: Sendable {
    /// Where the body's end is known from.
    enum Framing: Sendable, Equatable {
        case length, chunked
    }

    enum Ending: Sendable, Equatable {
        /// In order; the connection lives on if both sides want it.
        case finish
        /// The connection is closed in order (FIN), whatever the framing promised.
        case close
        /// The connection is broken (RST).
        case reset
        /// Nothing more, ever.
        case hang
    }

    struct Piece: Sendable {
        var bytes: ByteBuffer
        var part: StreamEvent.Part
        /// Before it.
        var pause: TimeAmount = .zero
        /// How often it is sent.
        var times = 1
    }

    /// Sent before anything else, as they are.
    var preface: ByteBuffer?
    /// Before the first byte.
    var pause: TimeAmount = .zero
    var status: Int
    /// Without framing.
    var headers: [(String, String)]
    /// False: not even a head is sent.
    var hasHead = true
    var framing: Framing
    /// What `content-length` says; nil: the truth.
    var claimedLength: Int?
    var pieces: [Piece]
    var ending = Ending.finish
    /// Refuse connections for so long, from the beginning of this delivery on.
    var refusal: TimeAmount?

    init(_ answer: Answer) {
        status = answer.status
        headers = answer.headers
        switch answer.body {
        case .none:
            framing = .length
            pieces = []
        case .whole(let bytes):
            framing = .length
            pieces = bytes.readableBytes == 0 ? [] : [Piece(bytes: bytes, part: .content)]
        case .events(let events):
            framing = .chunked
            pieces = events.map { Piece(bytes: ByteBuffer(string: $0.text), part: $0.part) }
        }
    }

    var length: Int { pieces.reduce(0) { $0 + $1.bytes.readableBytes * $1.times } }

    /// Ends without a byte of an answer.
    static func silent(_ ending: Ending) -> Delivery {
        var delivery = Delivery(.empty(200))
        delivery.hasHead = false
        delivery.ending = ending
        return delivery
    }

    /// Keeps what comes before the content.
    mutating func cutBeforeContent(_ ending: Ending) {
        pieces.removeAll { $0.part != .start }
        // What came must be with the client before the connection breaks.
        end(ending)
    }

    /// Keeps half of the content: of a stream half of its events, of a whole body half of its bytes.
    mutating func cutInContent(_ ending: Ending) {
        if framing == .chunked {
            let content = pieces.filter { $0.part == .content }
            pieces = pieces.filter { $0.part == .start } + content.prefix(max(1, content.count / 2))
        } else if let bytes = pieces.first?.bytes {
            claimedLength = length
            var half = bytes
            pieces = half.readSlice(length: bytes.readableBytes / 2).map { [Piece(bytes: $0, part: .content)] } ?? []
        }
        end(ending)
    }

    private mutating func end(_ ending: Ending) {
        if framing == .length, claimedLength == nil { claimedLength = length + 100 }
        self.ending = ending
    }

    /// The same bytes in pieces of `size`, with `pause` between them.
    mutating func split(into size: Int, pause: TimeAmount) {
        pieces = pieces.flatMap { piece -> [Piece] in
            var rest = piece.bytes
            var parts: [Piece] = []
            while rest.readableBytes > 0, let bytes = rest.readSlice(length: min(size, rest.readableBytes)) {
                parts.append(Piece(bytes: bytes, part: piece.part, pause: pause))
            }
            return parts
        }
    }
}
