/// Lengths of time as people write them: `1h30m`.
enum DurationText {
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1),
    ]

    /// Nil unless `text` is one or more of number and unit.
    static func parse(_ text: String) -> Duration? {
        guard !text.isEmpty, text.utf8.count <= 40 else { return nil }
        var rest = text[...]
        var total: Int64 = 0
        while !rest.isEmpty {
            let digits = rest.prefix { ("0"..."9").contains($0) }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(unit.count)
            guard let number = Int64(digits), let size = units.first(where: { $0.name == unit.lowercased() })?.milliseconds else {
                return nil
            }
            let (part, tooLarge) = number.multipliedReportingOverflow(by: size)
            let (sum, overflows) = total.addingReportingOverflow(part)
            guard !tooLarge, !overflows else { return nil }
            total = sum
        }
        return .milliseconds(total)
    }

    static func write(_ duration: Duration) -> String {
        var rest = duration.components.seconds &* 1_000 &+ duration.components.attoseconds / 1_000_000_000_000_000
        guard rest > 0 else { return "0s" }
        var text = ""
        for unit in units where rest >= unit.milliseconds {
            text += "\(rest / unit.milliseconds)\(unit.name)"
            rest %= unit.milliseconds
        }
        return text
    }
}
