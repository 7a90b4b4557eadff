/// Keeps of a JSON object, as it comes, only the few members of its top level that the meter reads: answers may be 32 MB.
///
/// What is kept is again a JSON object (if the input was one). In it long texts are empty; a member that is large without them is left out.
struct JSONSieve {
    /// Bytes of a text that is kept.
    static let textLimit = 512
    /// Bytes of a member that is kept.
    static let memberLimit = 32 << 10
    private static let nameLimit = 24

    private enum Place {
        case before, name, value, after
    }

    private(set) var kept: [UInt8] = []
    /// More than 256 containers in each other, or no object: nothing more is read.
    private(set) var isSpoilt = false
    private var place = Place.before
    private var depth = 0
    private var isInText = false
    private var isEscaped = false
    private var textStart = 0
    private var isTextDropped = false
    private var name: [UInt8] = []
    private var memberStart = 0
    private var isKeeping = false

    /// The next bytes, cut anywhere.
    mutating func read(_ chunk: UnsafeRawBufferPointer) {
        var at = 0
        while at < chunk.count, !isSpoilt {
            if isInText {
                at = readText(chunk, at)
            } else if depth > 1, !isKeeping {
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
        if place == .name, depth == 1 {
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
        case UInt8(ascii: ":") where depth == 1: beginValue()
        case UInt8(ascii: ",") where depth == 1: beginName()
        case 0x20, 0x0A, 0x0D, 0x09: break
        default:
            if depth == 0 { isSpoilt = true }
            keep(byte)
        }
    }

    private mutating func beginText() {
        if depth == 0 { isSpoilt = true }
        isInText = true
        isTextDropped = false
        keep(UInt8(ascii: "\""))
        textStart = kept.count
    }

    private mutating func open(_ byte: UInt8) {
        depth += 1
        if depth == 1 {
            isSpoilt = place != .before || byte != UInt8(ascii: "{")
            kept.append(byte)
            beginName()
        } else {
            isSpoilt = depth > JSONCursor.depthLimit
            keep(byte)
        }
    }

    private mutating func close(_ byte: UInt8) {
        depth -= 1
        if depth > 0 { return keep(byte) }
        isSpoilt = depth < 0
        isKeeping = false
        kept.append(byte)
        place = .after
    }

    private mutating func beginName() {
        place = .name
        isKeeping = false
        name.removeAll(keepingCapacity: true)
    }

    private mutating func beginValue() {
        guard place == .name else { isSpoilt = true; return }
        place = .value
        memberStart = kept.count
        isKeeping = name.withUnsafeBytes(Self.isWanted)
        guard isKeeping else { return }
        if kept.count > 1 { kept.append(UInt8(ascii: ",")) }
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

    private static func isWanted(_ name: UnsafeRawBufferPointer) -> Bool {
        switch name.count {
        case 5: name.equals("usage") || name.equals("model") || name.equals("error")
        case 6: name.equals("status")
        case 7: name.equals("choices")
        case 11: name.equals("stop_reason")
        case 12: name.equals("service_tier")
        case 18: name.equals("incomplete_details")
        default: false
        }
    }
}
