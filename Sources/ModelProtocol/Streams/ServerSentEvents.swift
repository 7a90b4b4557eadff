/// Reads a stream of server-sent events (WHATWG HTML section 9.2) as it comes: chunks may be cut anywhere.
///
/// What lies whole within a chunk is told without a copy. Each byte is looked at once, and at most `limit` bytes of a block are kept; of
/// the data of a larger one, read as JSON, the members that the meter reads.
package struct ServerSentEvents {
    /// Bytes of one block's lines, comments and line ends not counted.
    package static let defaultLimit = 1 << 20

    private let limit: Int
    private var block = EventBlock()
    /// The beginning of a line that the last chunk cut off; of comments and over-long lines only the length counts.
    private var line: [UInt8] = []
    private var lineLength = 0
    private var isComment = false
    /// The line is data, too long to be kept: its parts go on as they come.
    private var isSifted = false
    /// The last chunk ended with CR: an LF that follows belongs to it.
    private var skipsLineFeed = false
    /// Bytes of the byte order mark that came so far; nil when its time is over.
    private var markLength: Int? = 0

    package init(limit: Int = defaultLimit) {
        self.limit = limit
    }

    /// Whether nothing is begun: the last byte read was the end of a block.
    package var isAtBorder: Bool { lineLength == 0 && !block.hasLines }

    /// Reads a chunk and tells each block that ends in it.
    ///
    /// - Returns: the offset behind the last of them, or behind blank lines after it; 0 when none ended.
    @discardableResult
    package mutating func read(_ chunk: UnsafeRawBufferPointer, _ tell: (ServerSentEvent) -> Void) -> Int {
        var at = passByteOrderMark(chunk)
        if skipsLineFeed, at < chunk.count {
            if chunk[at] == 0x0A { at += 1 }
            skipsLineFeed = false
        }
        var border = isAtBorder ? at : 0
        while at < chunk.count {
            let end = chunk.first(from: at, marks: ByteWord.lineEnds) { $0 == 0x0A || $0 == 0x0D }
            guard end < chunk.count else {
                keep(chunk.slice(at, end))
                break
            }
            let isBlank = takeLine(chunk.slice(at, end))
            at = passLineEnd(chunk, end)
            if isBlank {
                if block.hasLines { block.tell(end: at, tell) }
                border = at
            }
        }
        block.keepViews()
        return border
    }

    /// The stream is over: tells what no blank line closed, which a browser would drop but some servers send (`data: [DONE]`).
    package mutating func finish(_ tell: (ServerSentEvent) -> Void) {
        if lineLength > 0 { _ = takeLine(UnsafeRawBufferPointer(start: nil, count: 0)) }
        if block.hasLines { block.tell(end: 0, tell) }
    }

    /// Whether the line is blank. `rest` is the line, or what follows the part of it that is kept.
    @inline(__always)
    private mutating func takeLine(_ rest: UnsafeRawBufferPointer) -> Bool {
        if lineLength == 0 {
            guard !rest.isEmpty else { return true }
            block.take(rest, length: rest.count, limit: limit, isInChunk: true)
            return false
        }
        keep(rest)
        if !isSifted { line.withUnsafeBytes { block.take($0, length: lineLength, limit: limit, isInChunk: false) } }
        isSifted = false
        line.removeAll(keepingCapacity: line.capacity <= 4_096)
        lineLength = 0
        return false
    }

    /// Keeps a part of a line for the next chunk.
    private mutating func keep(_ part: UnsafeRawBufferPointer) {
        guard let first = part.first else { return }
        if lineLength == 0 { isComment = first == UInt8(ascii: ":") }
        lineLength += part.count
        if isSifted {
            block.sift(part)
        } else if isComment {
            // What kind of line it is must be known.
            if line.isEmpty { line.append(first) }
        } else {
            line.append(contentsOf: part)
            if lineLength > limit { passLongLine() }
        }
    }

    /// The line is over the limit: of data it goes on in the block's sieve, of others nothing more is needed.
    private mutating func passLongLine() {
        isSifted = line.withUnsafeBytes { block.takeLong($0) }
        line = Array(line.prefix(1))
    }

    private mutating func passLineEnd(_ chunk: UnsafeRawBufferPointer, _ end: Int) -> Int {
        guard chunk[end] == 0x0D else { return end + 1 }
        guard end + 1 < chunk.count else {
            skipsLineFeed = true
            return end + 1
        }
        return chunk[end + 1] == 0x0A ? end + 2 : end + 1
    }

    /// A byte order mark at the very beginning is not part of the first line.
    private mutating func passByteOrderMark(_ chunk: UnsafeRawBufferPointer) -> Int {
        guard var length = markLength else { return 0 }
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        var at = 0
        while at < chunk.count, length < mark.count, chunk[at] == mark[length] {
            length += 1
            at += 1
        }
        if length == mark.count {
            markLength = nil
        } else if at < chunk.count {
            // It was none: what an earlier chunk brought of it is text.
            markLength = nil
            mark.prefix(length - at).withUnsafeBytes { keep($0) }
            return 0
        } else {
            markLength = length
        }
        return at
    }
}
