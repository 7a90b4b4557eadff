extension Settings {
    /// Name, value and kind of origin of each, for who is to help and must not know people, places or secrets: values only of numbers,
    /// switches, times and choices.
    package var shape: [(name: String, value: String?, origin: String)] {
        resolved.map { ($0.declaration.name, $0.declaration.isClosed ? $0.stored.text : nil, $0.origin.kind) }
    }
}

extension SettingDeclaration {
    /// All its values are known beforehand or are numbers.
    fileprivate var isClosed: Bool {
        guard !isSecret else { return false }
        return isSwitch || self is SettingKey<Int> || self is SettingKey<Duration> || accepted.hasPrefix("one of ")
    }
}

extension Origin {
    /// Without names of files.
    fileprivate var kind: String {
        switch self {
        case .line: "environment file"
        case .file: "configuration file"
        case .called(let name, let place): "\(place.kind), as \(name)"
        case .flag, .environment, .standard: description
        }
    }
}
