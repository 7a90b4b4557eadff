package import Vocabulary

/// By what a report parts what was used.
package enum UsageGrouping: String, Sendable, CaseIterable {
    case day, hour, model, key, node
}

/// A span of whole UTC hours, and whose days it is told in.
package struct UsagePeriod: Hashable, Sendable {
    /// The hour in which it begins.
    package let from: Timestamp
    /// The first hour after it.
    package let to: Timestamp
    /// Minutes east of Greenwich, −900…900. Hours are never split: where it isn't a multiple of 60 a day begins with the first whole UTC hour
    /// in it.
    package let zone: Int

    /// All hours that `from ..< to` touches; nothing when it is empty.
    package init(from: Timestamp, to: Timestamp, zone: Int = 0) {
        self.zone = zone.clamped(to: -900...900)
        self.from = from.floored(to: Self.hour)
        let end = to.floored(to: Self.hour)
        self.to = end == to ? end : end + .seconds(3_600)
    }

    static let hour: Int64 = 3_600_000
    static let day: Int64 = 86_400_000
    private var offset: Int64 { Int64(zone) * 60_000 }

    /// What an hour is told as: `2026-11-21` or `2026-11-21T08:00`, in the zone.
    func name(of hour: Timestamp, by grouping: UsageGrouping) -> String {
        let text = Timestamp(milliseconds: hour.milliseconds &+ offset).rfc3339
        return String(grouping == .day ? text.prefix(10) : text.prefix(16))
    }

    /// The names of all days or hours of the period in order; empty when they are more than 1,000.
    func names(by grouping: UsageGrouping) -> [String] {
        let count = (to.milliseconds &- from.milliseconds) / Self.hour
        guard count > 0, grouping == .day ? count <= 24_000 : count <= 1_000 else { return [] }
        var names: [String] = []
        for index in 0..<count {
            let name = name(of: Timestamp(milliseconds: from.milliseconds + index * Self.hour), by: grouping)
            if names.last != name { names.append(name) }
        }
        return names
    }
}

/// One line of a report.
package struct UsageItem: Hashable, Sendable {
    /// Day, hour, model, or the name of a key or node.
    package let name: String
    /// Of a key or node.
    package let id: String?
    package let figures: UsageFigures
}

/// What was used in a period.
package struct UsageReport: Hashable, Sendable {
    /// Days and hours in order and without holes, the rest by cost; at most 1,000.
    package let items: [UsageItem]
    package let total: UsageFigures
    /// Models (as the nodes were asked for them) for which a price is missing; at most 200.
    package let unpricedModels: [String]
}
