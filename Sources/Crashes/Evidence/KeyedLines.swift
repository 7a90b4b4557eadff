/// Lines `key value` as the supervisor writes them: the value goes to the end of the line.
///
/// Total over any bytes; of equal keys the first counts, at most 200 lines of at most 4 KiB are read.
struct KeyedLines: Sendable, Equatable {
    private var values: [String: String] = [:]

    init(_ text: String) {
        for line in text.split(whereSeparator: \.isNewline).prefix(200) where line.utf8.count <= 4_096 {
            let parts = line.split(separator: " ", maxSplits: 1)
            guard let key = parts.first, parts.count == 2 else { continue }
            let value = Printable.line(String(parts[1]), limit: 2_000)
            guard !value.isEmpty, values[String(key)] == nil else { continue }
            values[String(key)] = value
        }
    }

    subscript(_ key: String) -> String? { values[key] }

    func number(_ key: String) -> Int64? { values[key].flatMap { Int64($0) } }

    /// A number that fits `range`; nil otherwise.
    func number(_ key: String, in range: ClosedRange<Int>) -> Int? {
        guard let number = number(key).flatMap({ Int(exactly: $0) }), range.contains(number) else { return nil }
        return number
    }
}

/// Text of others, fit to be shown.
enum Printable {
    /// One line without what moves a terminal's cursor or turns its writing round.
    static func line(_ text: String, limit: Int) -> String {
        var kept = String.UnicodeScalarView()
        var count = 0
        for scalar in text.unicodeScalars {
            guard count < limit else {
                kept.append("…")
                break
            }
            kept.append(isHarmless(scalar) ? scalar : "·")
            count += 1
        }
        return String(kept)
    }

    private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: false
        default: true
        }
    }
}
