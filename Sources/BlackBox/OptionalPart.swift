/// What a server can do without, when it keeps ending there: safe mode switches one off and goes on serving.
package enum OptionalPart: String, Sendable, Hashable, CaseIterable {
    /// Backups by schedule.
    case backups
    /// Compressing answers.
    case compression
    /// Asking nodes how they are.
    case healthChecks = "health-checks"
    /// Figures for a scraper.
    case metrics

    private static let mark = "part "

    /// How its work is listed in the in-flight table.
    package var flightID: String { Self.mark + rawValue }

    /// Nil for other work.
    package init?(flightID: String) {
        guard flightID.hasPrefix(Self.mark) else { return nil }
        self.init(rawValue: String(flightID.dropFirst(Self.mark.count)))
    }

    /// Works while a request is answered: whatever asked for that is no suspect itself.
    package var servesRequests: Bool {
        switch self {
        case .compression, .metrics: true
        case .backups, .healthChecks: false
        }
    }
}
