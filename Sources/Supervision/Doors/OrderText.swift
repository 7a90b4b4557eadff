/// What may be asked at the supervisor's door: one line.
package enum OrderText {
    /// Bytes of a line.
    package static let limit = 256

    /// A line's meaning; nil for what is none.
    package enum Request: Sendable, Equatable {
        case status
        case order(Order)
    }

    private static let levels: Set<String> = ["trace", "debug", "info", "notice", "warning", "error", "critical"]

    package static func read(_ line: String) -> Request? {
        let words = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: true).map(String.init)
        switch (words.first, words.count) {
        case ("status", 1): return .status
        case ("restart", 1): return .order(.restart)
        case ("drain", 1): return .order(.drain)
        case ("stop", 1): return .order(.stop)
        case ("reload", 1): return .order(.reload)
        case ("resume", 1): return .order(.resume)
        case ("level", 2...3):
            guard let level = words.dropFirst().first, levels.contains(level) else { return nil }
            guard let text = words.dropFirst(2).first else { return .order(.level(level, seconds: nil)) }
            guard let seconds = Int(text), (1...86_400).contains(seconds) else { return nil }
            return .order(.level(level, seconds: seconds))
        default: return nil
        }
    }

    package static func write(_ order: Order) -> String {
        switch order {
        case .restart: "restart"
        case .drain: "drain"
        case .stop: "stop"
        case .reload: "reload"
        case .resume: "resume"
        case .level(let level, let seconds): seconds.map { "level \(level) \($0)" } ?? "level \(level)"
        }
    }
}
