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

    /// Lists its work in the black box for as long as `body` runs.
    package func working<Value>(_ body: () throws -> Value) rethrows -> Value {
        let flight = BlackBox.writer.takeOff(.chore, id: flightID)
        defer { if let flight { BlackBox.writer.land(flight) } }
        return try body()
    }
}
