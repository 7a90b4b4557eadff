/// Keeps of a JSON object, as it comes, only the few members that the meter reads: answers may be 32 MB, events and lines too.
///
/// What is kept is again a JSON object (if the input was one). In it long texts are empty; a member that is large without them is left out.
/// Some containers are entered: of them, too, only the wanted members are kept.
struct JSONSieve {
    /// Whose members they are.
    enum Shape {
        /// A model's whole answer.
        case answer
        /// The data of one event of a stream.
        case event
        /// A line of the results of a message batch.
        case batchLine
        /// A line of what an OpenAI batch has written.
        case openAIBatchLine
    }

    /// Bytes of a text that is kept.
    static let textLimit = 512
    /// Bytes of a member that is kept.
    static let memberLimit = 32 << 10
    /// Once so much is kept, no further member is begun.
    static let keptLimit = 128 << 10
    private static let nameLimit = 24
    /// Containers in each other that are entered.
    private static let levelLimit = 6

    private enum Place {
        case before, name
        /// Behind the colon.
        case due
        case value, after
    }

    private(set) var kept: [UInt8] = []
    /// More than 256 containers in each other, or no object: nothing more is read.
    private(set) var isSpoilt = false
    private let shape: Shape
    private var place = Place.before
    private var depth = 0
    /// How many of the containers are entered; which of them are lists is in the bits of `lists`.
    private var level = 0
    private var lists: UInt8 = 0
    private var isInText = false
    private var isEscaped = false
    private var textStart = 0
    private var isTextDropped = false
    private var name: [UInt8] = []
    private var memberStart = 0
    private var isKeeping = false

    init(_ shape: Shape = .answer) {
        self.shape = shape
    }

    /// The next bytes, cut anywhere.
    mutating func read(_ chunk: UnsafeRawBufferPointer) {
        var at = 0
        while at < chunk.count, !isSpoilt {
            if isInText {
                at = readText(chunk, at)
            } else if depth > level, !isKeeping {
                // Passed over: only what opens and closes matters.
                at = chunk.first(from: at, marks: ByteWord.structure) { _ in true }
                if at < chunk.count { take(chunk[at]) }
                at += 1
            } else {
                take(chunk[at])
                at += 1
            }
        }
    }

    /// Forgets everything, for another object.
    mutating func begin() {
        var bytes = kept
        bytes.removeAll(keepingCapacity: bytes.capacity <= 65_536)
        self = JSONSieve(shape)
        kept = bytes
    }

    private var isInList: Bool { level > 0 && lists & (1 << UInt8(level - 1)) != 0 }

    private mutating func readText(_ chunk: UnsafeRawBufferPointer, _ start: Int) -> Int {
        if isEscaped {
            isEscaped = false
            keepText(chunk.slice(start, start + 1))
            return start + 1
        }
        let end = chunk.first(from: start, marks: ByteWord.stringMarks) {
            $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\")
        }
        keepText(chunk.slice(start, end))
        guard end < chunk.count else { return end }
        switch chunk[end] {
        case UInt8(ascii: "\""):
            isInText = false
            if isKeeping { kept.append(UInt8(ascii: "\"")) }
        case UInt8(ascii: "\\"):
            isEscaped = true
            keepText(chunk.slice(end, end + 1))
        default:
            // A raw control character: no JSON, and not kept. Reading on finds the text's end all the same.
            break
        }
        return end + 1
    }

    private mutating func keepText(_ part: UnsafeRawBufferPointer) {
        if place == .name, depth == level {
            name.append(contentsOf: part.prefix(Self.nameLimit - min(name.count, Self.nameLimit)))
        }
        guard isKeeping, !isTextDropped else { return }
        guard kept.count - textStart + part.count <= Self.textLimit else {
            kept.removeSubrange(textStart...)
            isTextDropped = true
            return
        }
        kept.append(contentsOf: part)
    }

    /// A byte outside of texts.
    private mutating func take(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): beginText()
        case UInt8(ascii: "{"), UInt8(ascii: "["): open(byte)
        case UInt8(ascii: "}"), UInt8(ascii: "]"): close(byte)
        case UInt8(ascii: ":") where depth == level: endName()
        case UInt8(ascii: ",") where depth == level: beginNext()
        case 0x20, 0x0A, 0x0D, 0x09: break
        default:
            if depth == 0 { isSpoilt = true }
            if place == .due, depth == level { beginMember() }
            keep(byte)
        }
    }

    private mutating func beginText() {
        if depth == 0 { isSpoilt = true }
        if place == .due, depth == level { beginMember() }
        isInText = true
        isTextDropped = false
        keep(UInt8(ascii: "\""))
        textStart = kept.count
    }

    private mutating func open(_ byte: UInt8) {
        if depth == 0 {
            isSpoilt = place != .before || byte != UInt8(ascii: "{")
            return enter(byte)
        }
        if depth == level {
            if place == .due, enters(byte) {
                putName()
                return enter(byte)
            }
            if isInList, byte == UInt8(ascii: "{"), mayEnter {
                if kept.last != UInt8(ascii: "[") { kept.append(UInt8(ascii: ",")) }
                return enter(byte)
            }
            if place == .due { beginMember() }
        }
        depth += 1
        isSpoilt = depth > JSONCursor.depthLimit
        keep(byte)
    }

    private var mayEnter: Bool { level < Self.levelLimit && kept.count < Self.keptLimit }

    private mutating func enter(_ byte: UInt8) {
        kept.append(byte)
        let bit: UInt8 = 1 << UInt8(level)
        if byte == UInt8(ascii: "[") { lists |= bit } else { lists &= ~bit }
        depth += 1
        level += 1
        beginNext()
    }

    private mutating func close(_ byte: UInt8) {
        guard depth == level else {
            depth -= 1
            return keep(byte)
        }
        guard level > 0, (byte == UInt8(ascii: "]")) == isInList else { isSpoilt = true; return }
        depth -= 1
        level -= 1
        isKeeping = false
        kept.append(byte)
        place = level == 0 ? .after : .value
    }

    /// After a comma, or at the beginning of an entered container.
    private mutating func beginNext() {
        isKeeping = false
        place = isInList ? .value : .name
        name.removeAll(keepingCapacity: true)
    }

    private mutating func endName() {
        guard place == .name else { isSpoilt = true; return }
        place = .due
    }

    /// A value begins that is not entered.
    private mutating func beginMember() {
        place = .value
        memberStart = kept.count
        isKeeping = kept.count < Self.keptLimit && name.withUnsafeBytes(isWanted)
        if isKeeping { putName() }
    }

    private mutating func putName() {
        if kept.last != UInt8(ascii: "{") { kept.append(UInt8(ascii: ",")) }
        kept.append(UInt8(ascii: "\""))
        kept.append(contentsOf: name)
        kept.append(contentsOf: "\":".utf8)
    }

    private mutating func keep(_ byte: UInt8) {
        guard isKeeping else { return }
        kept.append(byte)
        if kept.count - memberStart > Self.memberLimit {
            kept.removeSubrange(memberStart...)
            isKeeping = false
        }
    }

    private func enters(_ byte: UInt8) -> Bool {
        guard mayEnter else { return false }
        return name.withUnsafeBytes { name in
            if byte == UInt8(ascii: "[") { return shape != .batchLine && name.equals("output") }
            return switch shape {
            case .answer: false
            case .event: name.equals("response") || name.equals("message") || name.equals("item")
            case .batchLine: name.equals("result") || name.equals("message")
            case .openAIBatchLine: name.equals("response") || name.equals("body")
            }
        }
    }

    private func isWanted(_ name: UnsafeRawBufferPointer) -> Bool {
        switch name.count {
        case 2: name.equals("id")
        case 4: name.equals("type") || name.equals("code")
        case 5: name.equals("usage") || name.equals("model") || name.equals("error") || name.equals("delta") && shape == .event
        case 6: name.equals("status") || name.equals("action")
        case 7: name.equals("choices") || name.equals("message") && shape == .event
        case 9 where name.equals("container"): shape == .answer || shape == .event
        case 9: name.equals("custom_id") && (shape == .batchLine || shape == .openAIBatchLine)
        case 11: name.equals("stop_reason")
        case 12: name.equals("service_tier") || name.equals("container_id")
        case 18: name.equals("incomplete_details")
        default: false
        }
    }
}
