/// What a setting is for, in the languages of the house.
package struct Meaning: Hashable, Sendable {
    package let english: String
    package let chinese: String

    package init(_ english: String, _ chinese: String) {
        self.english = english
        self.chinese = chinese
    }
}

/// One setting: its name, what it takes and what holds without it.
package struct SettingKey<Value: Sendable>: SettingDeclaration {
    package let name: String
    package let meaning: Meaning
    package let accepted: String
    package let isSecret: Bool
    package let isSwitch: Bool
    /// Other names that mean the same, for those who come from a program that called it so.
    package private(set) var aliases: [String] = []
    /// What holds when nobody sets it.
    package let defaultValue: Value
    let parse: @Sendable (String) -> Value?
    let write: @Sendable (Value) -> String

    /// - Parameters:
    ///   - name: upper case with underscores, without the prefix `SWITCHBOARD_`.
    ///   - accepted: completes "must be …".
    ///   - parse: nil for what is not accepted.
    ///   - write: the value as `parse` would take it.
    package init(
        _ name: String, accepted: String, default defaultValue: Value, meaning: Meaning, isSecret: Bool = false, isSwitch: Bool = false,
        parse: @escaping @Sendable (String) -> Value?, write: @escaping @Sendable (Value) -> String
    ) {
        self.name = name
        self.meaning = meaning
        self.accepted = accepted
        self.isSecret = isSecret
        self.isSwitch = isSwitch
        self.defaultValue = defaultValue
        self.parse = parse
        self.write = write
    }

    /// The same setting, also taken by these names.
    package func alsoCalled(_ names: String...) -> SettingKey {
        var key = self
        key.aliases += names
        return key
    }

    /// The same setting, which may also be left out or empty.
    package var orNothing: SettingKey<Value?> {
        SettingKey<Value?>(
            name, accepted: accepted + ", or empty", default: nil, meaning: meaning, isSecret: isSecret,
            parse: { [parse] text in text.isEmpty ? .some(nil) : parse(text).map(Optional.some) },
            write: { [write] value in value.map(write) ?? "" })
    }

    package var standard: any StoredSetting { Stored(value: defaultValue, text: write(defaultValue)) }

    package func read(_ text: String) -> (any StoredSetting)? {
        parse(text).map { Stored(value: $0, text: write($0)) }
    }

    struct Stored: StoredSetting {
        let value: Value
        let text: String
    }
}

/// A setting of any type, as the loader sees it.
package protocol SettingDeclaration: Sendable {
    var name: String { get }
    var meaning: Meaning { get }
    /// Completes "must be …".
    var accepted: String { get }
    /// Its value is never shown.
    var isSecret: Bool { get }
    /// As a flag it needs no value: `--name` says true.
    var isSwitch: Bool { get }
    /// Other names that mean the same.
    var aliases: [String] { get }
    /// What holds when nobody sets it.
    var standard: any StoredSetting { get }
    /// Nil when `text` is not accepted.
    func read(_ text: String) -> (any StoredSetting)?
}

/// A value that was accepted, and how it is written.
package protocol StoredSetting: Sendable {
    var text: String { get }
}
