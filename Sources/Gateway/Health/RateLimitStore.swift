import Bus
import Logging
import Routing
import Storage
import Synchronization
import Vocabulary

/// The SQL of rate limits: until when a provider has said to ask no more.
enum RateLimitStore {
    static func limits(on connection: any SQLConnection) throws -> [WorkspaceID: [RateDomain: Timestamp]] {
        try connection.rows("SELECT workspace_id, domain, until_at FROM rate_limit").reduce(into: [:]) { limits, row in
            guard let domain = RateDomain(text: try row.get(1)) else { return }
            limits[try row.get(0), default: [:]][domain] = try row.get(2)
        }
    }

    /// These beside what other instances have written, of two times for one the later; what has passed goes.
    static func merge(_ limits: [WorkspaceID: [RateDomain: Timestamp]], at now: Timestamp, on connection: any SQLConnection) throws {
        var merged = try Self.limits(on: connection).mapValues { $0.filter { $0.value > now } }
        for (workspace, domains) in limits { merged[workspace, default: [:]].merge(domains) { max($0, $1) } }
        try replace(with: merged, on: connection)
    }

    /// These and no others.
    static func replace(with limits: [WorkspaceID: [RateDomain: Timestamp]], on connection: any SQLConnection) throws {
        try connection.execute("DELETE FROM rate_limit")
        for (workspace, domains) in limits {
            for (domain, until) in domains {
                try connection.execute(
                    "INSERT INTO rate_limit (workspace_id, domain, until_at) VALUES (?, ?, ?)", workspace, domain.text, until)
            }
        }
    }
}

extension RateDomain {
    fileprivate var text: String {
        switch self {
        case .shared(let label): "label:\(label)"
        case .node(let id): "node:\(id)"
        }
    }

    fileprivate init?(text: String) {
        let parts = text.split(separator: ":", maxSplits: 1)
        guard let kind = parts.first, let rest = parts.dropFirst().first else { return nil }
        switch kind {
        case "label": self = .shared(String(rest))
        case "node":
            guard let id = NodeID(String(rest)) else { return nil }
            self = .node(id)
        default: return nil
        }
    }
}

extension Health {
    /// Between two looks at the rate limits: what a killed process may forget.
    private static let limitPeriod = Duration.seconds(2)

    /// Writes down the rate limits as they change; for the last time when it is cancelled.
    func keepRateLimits() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: Self.limitPeriod)
            await saveRateLimits()
        }
    }

    /// Nothing where they are as they were. A deadline's wall time shifts by milliseconds between two readings of the clocks: only what
    /// differs by a second is another one.
    func saveRateLimits() async {
        let limits = control.rateLimits(at: now)
        let stored = state.withLock { $0.storedLimits }
        guard !Self.isSame(limits, stored) else { return }
        do {
            try await database.write { [isAlone = duty.isAlone, time = clock.now()] connection in
                guard !isAlone else { return try RateLimitStore.replace(with: limits, on: connection) }
                try RateLimitStore.merge(limits, at: time, on: connection)
                try ChangeMarks.note(.standings, on: connection)
            }
            state.withLock { $0.storedLimits = limits }
            announce(.standingsChanged)
        } catch {
            logger.error("rate limits could not be written", metadata: ["error": "\(error)"])
        }
    }

    private static func isSame(
        _ one: [WorkspaceID: [RateDomain: Timestamp]], _ other: [WorkspaceID: [RateDomain: Timestamp]]
    ) -> Bool {
        one.count == other.count
            && one.allSatisfy { workspace, domains in
                guard let others = other[workspace], others.count == domains.count else { return false }
                return domains.allSatisfy { domain, until in
                    others[domain].map { abs($0.milliseconds - until.milliseconds) < 1_000 } ?? false
                }
            }
    }
}
