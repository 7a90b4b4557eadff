import Routing
import Storage
import Vocabulary

/// The tries of a request as its row keeps them: `number:node:model:at:certainty:outcome:status:ms:marks`, parted by `;`.
///
/// A text within the row, because a table of their own cost two entries in two trees for what is only ever read together with the request. The
/// model is empty where it is the request's own; certainty and all behind it are empty while the try runs; the marks are `c` (charge
/// suspected), `f` (the node's fault) and a capital for why the node was chosen. In model and outcome `%`, `:` and `;` are written as `%25`, `%3A` and `%3B`.
enum AttemptText {
    private static let colon = UInt8(ascii: ":")

    static func write(_ attempts: [OpenAttempt], of opening: RequestOpening, to bytes: inout [UInt8]) {
        for (index, attempt) in attempts.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ";")) }
            write(attempt, model: opening.model, to: &bytes)
        }
    }

    private static func write(_ attempt: OpenAttempt, model: String, to bytes: inout [UInt8]) {
        let opening = attempt.opening
        bytes.append(decimal: Int64(opening.number))
        bytes.append(colon)
        bytes.append(text: opening.node.description)
        bytes.append(colon)
        if opening.mappedModel != model { escape(opening.mappedModel, to: &bytes) }
        bytes.append(colon)
        bytes.append(decimal: attempt.at.milliseconds)
        bytes.append(colon)
        if let ending = attempt.ending { write(ending, to: &bytes) } else { bytes.append(contentsOf: [colon, colon, colon, colon]) }
        if let reason = opening.reason { bytes.append(reason.mark) }
    }

    private static func write(_ ending: AttemptEnding, to bytes: inout [UInt8]) {
        bytes.append(text: ending.certainty.rawValue)
        bytes.append(colon)
        escape(ending.outcome, to: &bytes)
        bytes.append(colon)
        if let status = ending.httpStatus { bytes.append(decimal: Int64(status)) }
        bytes.append(colon)
        if ending.milliseconds >= 0 { bytes.append(decimal: ending.milliseconds) }
        bytes.append(colon)
        if ending.isChargeSuspected { bytes.append(UInt8(ascii: "c")) }
        if ending.isNodeFault { bytes.append(UInt8(ascii: "f")) }
    }

    /// The tries that `write` wrote for a request for `model`; what it did not write is left out.
    static func read(_ text: String, model: String) -> [OpenAttempt] {
        text.utf8.split(separator: UInt8(ascii: ";")).compactMap { read($0, model: model) }
    }

    private static func read(_ text: Substring.UTF8View, model: String) -> OpenAttempt? {
        let fields = text.split(separator: colon, omittingEmptySubsequences: false).map { String(Substring($0)) }
        guard fields.count == 9, let number = Int(fields[0]), let node = NodeID(fields[1]), let at = Int64(fields[3]) else { return nil }
        let opening = AttemptOpening(
            number: number, node: node, mappedModel: fields[2].isEmpty ? model : unescaped(fields[2]),
            reason: PickReason.allCases.first { fields[8].utf8.contains($0.mark) })
        var attempt = OpenAttempt(opening: opening, at: Timestamp(milliseconds: at))
        guard let certainty = AttemptCertainty(rawValue: fields[4]) else { return fields[4].isEmpty ? attempt : nil }
        attempt.ending = AttemptEnding(
            number: number, certainty: certainty, outcome: unescaped(fields[5]), httpStatus: Int(fields[6]),
            milliseconds: Int64(fields[7]) ?? -1, isChargeSuspected: fields[8].utf8.contains(UInt8(ascii: "c")),
            isNodeFault: fields[8].utf8.contains(UInt8(ascii: "f")))
        return attempt
    }

    private static func escape(_ text: String, to bytes: inout [UInt8]) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "%"): bytes.append(text: "%25")
            case colon: bytes.append(text: "%3A")
            case UInt8(ascii: ";"): bytes.append(text: "%3B")
            default: bytes.append(byte)
            }
        }
    }

    private static func unescaped(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return text }
        return text.replacing("%3A", with: ":").replacing("%3B", with: ";").replacing("%25", with: "%")
    }
}

extension PickReason {
    /// In the row. Letters are never reused.
    fileprivate var mark: UInt8 {
        switch self {
        case .session: UInt8(ascii: "S")
        case .sameCache: UInt8(ascii: "C")
        case .leastLoaded: UInt8(ascii: "L")
        case .onlyChoice: UInt8(ascii: "O")
        case .trial: UInt8(ascii: "T")
        case .lastResort: UInt8(ascii: "R")
        case .owner: UInt8(ascii: "W")
        }
    }
}

extension [UInt8] {
    /// Adds `text` as UTF-8.
    mutating func append(text: String) {
        var text = text
        text.withUTF8 { append(contentsOf: $0) }
    }

    /// Adds `number` as people write it.
    mutating func append(decimal number: Int64) {
        if number < 0 { append(UInt8(ascii: "-")) }
        var rest = number.magnitude
        // 64 bits have at most 20 digits.
        var digits = InlineArray<20, UInt8>(repeating: UInt8(ascii: "0"))
        var start = 20
        repeat {
            start -= 1
            digits[start] += UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        } while rest > 0
        for index in start..<20 { append(digits[index]) }
    }
}
