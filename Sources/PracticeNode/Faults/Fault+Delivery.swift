import NIOCore

extension Fault {
    /// Whether the answer does not matter, because none is given.
    var isSilent: Bool {
        switch self {
        case .refuse, .blackHole, .resetBeforeHead, .closeBeforeHead, .notHTTP: true
        default: false
        }
    }

    /// What is sent instead of an answer.
    var silence: Delivery {
        switch self {
        case .refuse(let seconds):
            var delivery = Delivery.silent(.reset)
            delivery.refusal = .seconds(Int64(seconds))
            return delivery
        case .resetBeforeHead: return .silent(.reset)
        case .closeBeforeHead: return .silent(.close)
        case .notHTTP:
            var delivery = Delivery.silent(.close)
            delivery.preface = ByteBuffer(string: "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\nthis is no answer\r\n\r\n")
            return delivery
        default: return .silent(.hang)
        }
    }

    /// How `answer` goes out with this fault.
    func deliver(_ answer: Answer, family: Family, requestID: String) -> Delivery {
        var delivery = Delivery(changed(answer, family, requestID))
        switch self {
        case .slow(let milliseconds): delivery.pause = .milliseconds(Int64(milliseconds))
        case .drip(let bytes, let milliseconds): delivery.split(into: bytes, pause: .milliseconds(Int64(milliseconds)))
        case .bytewise: delivery.split(into: 1, pause: .zero)
        case .cutUTF8: delivery.cutInsideCharacters()
        case .resetAfterHead: delivery.keepHeadOnly(.reset)
        case .hangAfterHead: delivery.keepHeadOnly(.hang)
        case .resetAfterStart: delivery.cutBeforeContent(.reset)
        case .hangAfterStart: delivery.cutBeforeContent(.hang)
        case .resetMidContent: delivery.cutInContent(.reset)
        case .closeMidContent: delivery.cutInContent(.close)
        case .hangMidContent: delivery.cutInContent(.hang)
        case .truncated: delivery.truncate()
        case .oversizedHeader(let bytes): delivery.headers.append(("x-practice-filler", String(repeating: "x", count: bytes)))
        case .lengthTooLong: delivery.claim(100)
        case .lengthTooShort: delivery.claim(-20)
        case .huge(let mebibytes): delivery.inflate(mebibytes)
        case .paced(let milliseconds, let count): delivery.pace(.milliseconds(Int64(milliseconds)), count: count)
        case .lateContent(let milliseconds): delivery.delayContent(milliseconds, family)
        case .gzip: delivery.zip()
        case .earlyHints: delivery.preface = ByteBuffer(string: "HTTP/1.1 103 Early Hints\r\nlink: </practice>; rel=preload\r\n\r\n")
        default: break
        }
        return delivery
    }
}

extension Delivery {
    /// The stream ends in order, but without what closes it; a whole body lacks its second half.
    fileprivate mutating func truncate() {
        if framing == .chunked {
            pieces.removeAll { $0.part == .end }
        } else {
            cutInContent(.close)
        }
    }

    fileprivate mutating func keepHeadOnly(_ ending: Ending) {
        if framing == .length { claimedLength = max(1, length) }
        pieces = []
        self.ending = ending
    }

    fileprivate mutating func claim(_ difference: Int) {
        claimedLength = max(0, length + difference)
        framing = .length
        ending = .close
    }

    /// A stream gets more text, a whole body white space behind it; in pieces of 64 KiB.
    fileprivate mutating func inflate(_ mebibytes: Int) {
        let size = 65_536
        if framing == .length {
            pieces.append(Piece(bytes: ByteBuffer(repeating: UInt8(ascii: " "), count: size), part: .content, times: mebibytes * 16))
        } else if let index = pieces.lastIndex(where: { $0.part == .content && $0.bytes.firstRange(of: Array("_delta".utf8)) != nil }) {
            var bytes = ByteBuffer()
            let event = pieces[index].bytes
            repeat { bytes.writeImmutableBuffer(event) } while bytes.readableBytes < size
            pieces.insert(Piece(bytes: bytes, part: .content, times: mebibytes * 16), at: index)
        }
    }

    /// The text's events again and again, `count` in all, with the same time between them.
    fileprivate mutating func pace(_ pause: TimeAmount, count: Int) {
        guard framing == .chunked else { return }
        let isDelta = { (piece: Piece) in piece.part == .content && Delivery.deltas.contains { piece.bytes.firstRange(of: $0) != nil } }
        guard let first = pieces.firstIndex(where: isDelta), let last = pieces.lastIndex(where: isDelta) else { return }
        let deltas = Array(pieces[first...last])
        let paced = (0..<count).map { index in
            var piece = deltas[index % deltas.count]
            piece.pause = pause
            return piece
        }
        pieces.replaceSubrange(first...last, with: paced)
    }

    private static let deltas = ["\"text_delta\"", "\"delta\":{\"content\":", "output_text.delta"].map { Array($0.utf8) }

    /// A sign of life each second, then the content.
    fileprivate mutating func delayContent(_ milliseconds: Int, _ family: Family) {
        guard framing == .chunked, let index = pieces.firstIndex(where: { $0.part == .content }) else {
            pause = .milliseconds(Int64(milliseconds))
            return
        }
        let sign = family == .anthropic ? AnthropicMessages.ping.text : ": still there\n\n"
        let pings = (0..<(milliseconds / 1_000)).map { _ in Piece(bytes: ByteBuffer(string: sign), part: .start, pause: .seconds(1)) }
        pieces[index].pause = .milliseconds(Int64(milliseconds % 1_000))
        pieces.insert(contentsOf: pings, at: index)
    }

    /// Every character of more than one byte is cut behind its first byte.
    fileprivate mutating func cutInsideCharacters() {
        pieces = pieces.flatMap { piece -> [Piece] in
            var parts: [Piece] = []
            var begun = ByteBuffer()
            for byte in piece.bytes.readableBytesView {
                begun.writeInteger(byte)
                // 11xxxxxx: the first byte of several.
                guard byte & 0xC0 == 0xC0 else { continue }
                parts.append(Piece(bytes: begun, part: piece.part, pause: .milliseconds(1)))
                begun = ByteBuffer()
            }
            if begun.readableBytes > 0 { parts.append(Piece(bytes: begun, part: piece.part, pause: .milliseconds(1))) }
            return parts
        }
    }
}
