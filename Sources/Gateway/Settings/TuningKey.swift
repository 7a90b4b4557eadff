import Vocabulary

/// One setting of the running gateway: how it is called, read, written and explained.
package struct TuningKey: Sendable {
    /// As the console calls it: `FIRST_BYTE_TIME`.
    package let name: String
    /// The variables of the environment that set it, first wins: our own, then the predecessor's.
    package let environment: [String]
    /// `s`, `min`, `MB` …; empty for counts and texts.
    package let unit: String
    /// What it takes, for people: `1–3600`.
    package let accepted: String
    package let english: String
    package let chinese: String
    /// False: only the environment sets it.
    package let isConsoles: Bool
    /// Puts the text into the tuning; false when it is not accepted.
    let apply: @Sendable (String, inout GatewayTuning) -> Bool
    /// As `apply` would take it.
    let write: @Sendable (GatewayTuning) -> String
}

extension TuningKey {
    /// Whether `text` is one of its values.
    package func takes(_ text: String) -> Bool {
        var tuning = GatewayTuning()
        return apply(text, &tuning)
    }

    /// What holds when nobody sets it.
    package var standard: String { write(GatewayTuning()) }

    /// A whole number in `range`.
    static func number(
        _ name: String, _ path: any WritableKeyPath<GatewayTuning, Int> & Sendable, in range: ClosedRange<Int>, times scale: Int = 1,
        unit: String = "",
        environment: [String], _ english: String, _ chinese: String
    ) -> TuningKey {
        TuningKey(
            name: name, environment: environment, unit: unit, accepted: "\(range.lowerBound)–\(range.upperBound)", english: english,
            chinese: chinese, isConsoles: true,
            apply: { text, tuning in
                guard let number = Int(text), range.contains(number) else { return false }
                tuning[keyPath: path] = number * scale
                return true
            }, write: { String($0[keyPath: path] / scale) })
    }

    /// A whole number of seconds, or of minutes where `unit` says so.
    static func time(
        _ name: String, _ path: any WritableKeyPath<GatewayTuning, Duration> & Sendable, in range: ClosedRange<Int>, unit: String = "s",
        environment: [String], _ english: String, _ chinese: String
    ) -> TuningKey {
        let scale = unit == "min" ? 60 : 1
        return TuningKey(
            name: name, environment: environment, unit: unit, accepted: "\(range.lowerBound)–\(range.upperBound)", english: english,
            chinese: chinese, isConsoles: true,
            apply: { text, tuning in
                guard let number = Int(text), range.contains(number) else { return false }
                tuning[keyPath: path] = .seconds(number * scale)
                return true
            }, write: { String($0[keyPath: path].components.seconds / Int64(scale)) })
    }

    /// One of `values`, in either case.
    static func choice(
        _ name: String, _ values: [String], environment: [String], _ english: String, _ chinese: String,
        apply: @escaping @Sendable (String, inout GatewayTuning) -> Void, write: @escaping @Sendable (GatewayTuning) -> String
    ) -> TuningKey {
        TuningKey(
            name: name, environment: environment, unit: "", accepted: values.joined(separator: ", "), english: english, chinese: chinese,
            isConsoles: true,
            apply: { text, tuning in
                guard let value = values.first(where: { $0 == text.lowercased() }) else { return false }
                apply(value, &tuning)
                return true
            }, write: write)
    }
}

/// Dollars as people write them, exact to the nano-dollar.
package enum DollarText {
    /// Nil unless `text` is digits with at most nine behind a point, up to a million.
    package static func parse(_ text: String) -> Int64? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let whole = parts.first, let dollars = digits(whole), dollars <= 1_000_000 else { return nil }
        guard parts.count == 2, let rest = parts.last else { return dollars * 1_000_000_000 }
        guard (1...9).contains(rest.utf8.count), let nano = digits(rest + String(repeating: "0", count: 9 - rest.utf8.count)) else {
            return nil
        }
        return dollars * 1_000_000_000 + nano
    }

    static func write(_ nano: Int64) -> String {
        let rest = String(nano % 1_000_000_000 + 1_000_000_000).dropFirst()
        let cents = rest.prefix(2) + String(rest.dropFirst(2).reversed().drop { $0 == "0" }.reversed())
        return "\(nano / 1_000_000_000).\(cents)"
    }

    private static func digits(_ text: some StringProtocol) -> Int64? {
        (1...9).contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int64(text) : nil
    }
}
