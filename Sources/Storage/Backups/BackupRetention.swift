package import Vocabulary

/// How many backups are kept. What a person asked for is never deleted.
package struct BackupRetention: Hashable, Sendable {
    /// What it decides by.
    package struct Item: Hashable, Sendable {
        package let name: String
        package let at: Timestamp
        package let reason: BackupReason

        package init(name: String, at: Timestamp, reason: BackupReason) {
            self.name = name
            self.at = at
            self.reason = reason
        }
    }

    /// Of so many hours, days and weeks (UTC, weeks from Monday) that have one, the newest of each.
    package var hourly: Int
    package var daily: Int
    package var weekly: Int
    /// Of those made before migrations, so many.
    package var migrations: Int

    package init(hourly: Int = 24, daily: Int = 7, weekly: Int = 4, migrations: Int = 5) {
        self.hourly = hourly
        self.daily = daily
        self.weekly = weekly
        self.migrations = migrations
    }

    /// The names of those to keep; of one or more the newest is always among them.
    package func kept(_ items: [Item]) -> Set<String> {
        let items = items.sorted { ($0.at, $0.name) > ($1.at, $1.name) }
        let scheduled = items.filter { $0.reason == .scheduled }
        var kept = Set(items.prefix(1).map(\.name))
        kept.formUnion(items.filter { $0.reason == .asked }.map(\.name))
        kept.formUnion(items.filter(\.isBeforeMigration).prefix(max(0, migrations)).map(\.name))
        for (count, period, offset) in [(hourly, Self.hour, 0), (daily, Self.day, 0), (weekly, 7 * Self.day, 3 * Self.day)] {
            kept.formUnion(Self.newest(of: scheduled, count: count) { ($0.at.milliseconds + offset) / period })
        }
        return kept
    }

    private static let hour: Int64 = 3_600_000
    private static let day: Int64 = 24 * hour

    /// Of each of the last `count` periods that have any, the newest. `items` are newest first.
    private static func newest(of items: [Item], count: Int, period: (Item) -> Int64) -> [String] {
        var seen: Set<Int64> = []
        var names: [String] = []
        for item in items where seen.insert(period(item)).inserted {
            guard seen.count <= max(0, count) else { break }
            names.append(item.name)
        }
        return names
    }
}

extension BackupRetention.Item {
    fileprivate var isBeforeMigration: Bool {
        if case .migration = reason { true } else { false }
    }
}
