package import Vocabulary

extension SettingKey<Int> {
    /// A whole number within `range`.
    package static func integer(_ name: String, in range: ClosedRange<Int>, default value: Int, meaning: Meaning) -> SettingKey {
        SettingKey(
            name, accepted: "a whole number from \(range.lowerBound) to \(range.upperBound)", default: value, meaning: meaning,
            parse: { text in Int(text.trimmed).flatMap { range.contains($0) ? $0 : nil } }, write: { "\($0)" })
    }

    /// A TCP port; 0 lets the system choose one.
    package static func port(_ name: String, default value: Int, meaning: Meaning) -> SettingKey {
        SettingKey(
            name, accepted: "a port from 0 to 65535", default: value, meaning: meaning,
            parse: { text in UInt16(text.trimmed).map(Int.init) }, write: { "\($0)" })
    }
}

extension SettingKey<Bool> {
    /// On or off.
    package static func bool(_ name: String, default value: Bool, meaning: Meaning) -> SettingKey {
        SettingKey(name, accepted: "true or false", default: value, meaning: meaning, isSwitch: true, parse: read, write: { "\($0)" })
    }

    private static func read(_ text: String) -> Bool? {
        switch text.trimmed.lowercased() {
        case "true", "yes", "on", "1": true
        case "false", "no", "off", "0": false
        default: nil
        }
    }
}

extension SettingKey<Duration> {
    /// A length of time within `range`: `500ms`, `30s`, `5m`, `2h`, `7d`, `1h30m`.
    package static func duration(_ name: String, in range: ClosedRange<Duration>, default value: Duration, meaning: Meaning) -> SettingKey {
        let accepted =
            "a time from \(DurationText.write(range.lowerBound)) to \(DurationText.write(range.upperBound)), such as 500ms, 30s, 5m or 2h"
        return SettingKey(
            name, accepted: accepted, default: value, meaning: meaning,
            parse: { text in DurationText.parse(text.trimmed).flatMap { range.contains($0) ? $0 : nil } }, write: DurationText.write)
    }
}

extension SettingKey where Value: RawRepresentable<String> & CaseIterable {
    /// One of the values of an enumeration, by its raw text, in either case.
    package static func choice(_ name: String, default value: Value, meaning: Meaning) -> SettingKey {
        let names = Value.allCases.map(\.rawValue).joined(separator: ", ")
        return SettingKey(
            name, accepted: "one of \(names)", default: value, meaning: meaning,
            parse: { text in Value.allCases.first { $0.rawValue.lowercased() == text.trimmed.lowercased() } }, write: { $0.rawValue })
    }
}

extension SettingKey<String> {
    /// One line of at most `limit` characters.
    package static func text(_ name: String, limit: Int = 1_000, default value: String, meaning: Meaning) -> SettingKey {
        SettingKey(
            name, accepted: "one line of at most \(limit) characters", default: value, meaning: meaning,
            parse: { text in text.count <= limit && !text.unicodeScalars.contains(where: isControl) ? text : nil }, write: { $0 })
    }

    /// A file or folder; a relative one is meant from the working directory.
    package static func path(_ name: String, default value: String, meaning: Meaning) -> SettingKey {
        SettingKey(
            name, accepted: "a path", default: value, meaning: meaning,
            parse: { text in !text.isEmpty && text.utf8.count <= 4_000 && !text.utf8.contains(0) ? text : nil }, write: { $0 })
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .control
    }
}

extension SettingKey<Secret<String>> {
    /// A password or key of `length` characters, which no listing and no error shows.
    package static func secret(_ name: String, length: ClosedRange<Int>, meaning: Meaning) -> SettingKey<Secret<String>?> {
        SettingKey(
            name, accepted: "a secret of \(length.lowerBound) to \(length.upperBound) characters", default: Secret(""), meaning: meaning,
            isSecret: true,
            parse: { text in length.contains(text.count) ? Secret(text) : nil }, write: { $0.description }
        ).orNothing
    }
}
