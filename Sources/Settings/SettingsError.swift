/// Everything that is wrong with the settings, at once.
package struct SettingsError: Error, Equatable, Sendable, CustomStringConvertible {
    /// In the order of the sources, never empty.
    package let problems: [SettingsProblem]

    package init(_ problems: [SettingsProblem]) {
        self.problems = problems
    }

    /// One sentence a line.
    package var description: String { problems.map(\.description).joined(separator: "\n") }
}

/// One thing that is wrong with the settings, with a code that tests compare.
package enum SettingsProblem: Equatable, Sendable {
    /// `place` names a setting that does not exist.
    case unknown(name: String, place: Origin, nearest: String?)
    /// A value that is not accepted; `value` is nil for a secret.
    case refused(key: String, value: String?, place: Origin, accepted: String)
    /// The same setting twice in one source.
    case repeated(key: String, place: Origin, earlier: Origin)
    /// A line or an argument that can't be understood.
    case unreadable(place: Origin, reason: String)
    /// A file that was asked for and can't be read.
    case missing(file: String, reason: String)
    /// Settings that contradict each other; the text says what to do.
    case contradiction(String)

    /// Stable, for tests.
    package var code: String {
        switch self {
        case .unknown: "settings.unknown_key"
        case .refused: "settings.bad_value"
        case .repeated: "settings.repeated_key"
        case .unreadable: "settings.unreadable"
        case .missing: "settings.missing_file"
        case .contradiction: "settings.contradiction"
        }
    }
}

extension SettingsProblem: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unknown(let name, let place, let nearest?): "\(name) in \(place) is not a setting; did you mean \(nearest)?"
        case .unknown(let name, let place, nil): "\(name) in \(place) is not a setting; `switchboard config` lists them all"
        case .refused(let key, let value?, let place, let accepted): "\(key) in \(place) is \"\(value)\" but must be \(accepted)"
        case .refused(let key, nil, let place, let accepted): "\(key) in \(place) must be \(accepted)"
        case .repeated(let key, let place, let earlier): "\(key) in \(place) was already set in \(earlier); keep one of them"
        case .unreadable(let place, let reason): "\(place) can't be understood: \(reason)"
        case .missing(let file, let reason): "\(file) can't be read: \(reason)"
        case .contradiction(let text): text
        }
    }
}

/// Where a value comes from.
package indirect enum Origin: Hashable, Sendable, CustomStringConvertible {
    case flag
    case environment
    /// A line of an environment file, counted from 1.
    case line(file: String, number: Int)
    case file(String)
    /// By another name that means the same.
    case called(String, in: Origin)
    /// Nobody set it.
    case standard

    package var description: String {
        switch self {
        case .flag: "flag"
        case .environment: "environment"
        case .line(let file, let number): "\(file) line \(number)"
        case .file(let name): "file \(name)"
        case .called(let name, let place): "\(place), as \(name)"
        case .standard: "default"
        }
    }
}
