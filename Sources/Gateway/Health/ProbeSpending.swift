import Logging
import Routing
import Storage
import Synchronization
import Vocabulary

// The money of probes, by UTC day: a server that is restarted often must not spend each time anew.
extension Health {
    /// What a paid probe has cost is written down.
    /// - Parameter cost: nano-dollars; nil when unknown: then what was set aside counts.
    func noteSpent(_ cost: Int64?, for order: ProbeOrder) async {
        let amount = max(cost ?? order.price, 0)
        guard order.price > 0, amount > 0 else { return }
        do {
            try await database.write { try ProbeSpending.add(amount, to: order.day, on: $0) }
        } catch {
            logger.error("what a check has cost could not be written", metadata: ["error": "\(error)"])
        }
    }

    /// What earlier processes have spent today counts.
    func restoreSpent() async throws {
        let now = now
        let spent = try await database.read { try ProbeSpending.amount(of: UTCCalendar.day(of: now.wall), on: $0) }
        state.withLock { $0.schedule.restore(spentToday: spent, at: now) }
    }
}

/// The SQL of what probes have spent.
enum ProbeSpending {
    private static let daysKept: Int64 = 40

    static func add(_ amount: Int64, to day: Int64, on connection: any SQLConnection) throws {
        guard try connection.execute("UPDATE probe_spending SET spent = spent + ? WHERE day = ?", amount, day) == 0 else { return }
        try connection.execute("INSERT INTO probe_spending (day, spent) VALUES (?, ?)", day, amount)
        try connection.execute("DELETE FROM probe_spending WHERE day < ?", day - daysKept)
    }

    static func amount(of day: Int64, on connection: any SQLConnection) throws -> Int64 {
        try connection.row("SELECT spent FROM probe_spending WHERE day = ?", day)?.get(0) ?? 0
    }
}
