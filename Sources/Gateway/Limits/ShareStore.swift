import Fleet
import Routing
import Storage
import Vocabulary

/// The SQL of shared limits. Everything happens inside one write: what all instances have together is known, and never more than there is.
struct ShareStore: Sendable {
    let me: InstanceID
    /// Who has given no sign of life for so long that it does not use what it has idle.
    let silent: Set<InstanceID>
    let now: Timestamp

    /// - Throws: `LedgerError.swept` when the others have forgotten this instance: what it would take nobody would count.
    func answer(_ asks: [ShareAsk], on connection: any SQLConnection) throws -> [ShareAnswer] {
        let members = try FleetRoom.members(on: connection)
        guard members.contains(me) else { throw LedgerError.swept }
        return try asks.map { ask in
            let rows = try rows(of: ask.key, on: connection)
            let pool = SharePool(others: try others(rows, ask, members: members, on: connection))
            let answer = pool.answer(ask)
            for (limit, part) in answer.parts where limit.amount(in: ask.allowance) != nil {
                try write(part, of: limit, ask.key, among: rows, on: connection)
            }
            return answer
        }
    }

    private struct StoredPart {
        let limit: SharedLimit
        let period: Int64
        /// Nil: what the ledger knew.
        let holder: InstanceID?
        let held: Int64
        let idle: Int64
        let spent: Int64
    }

    private func rows(of key: KeyID, on connection: any SQLConnection) throws -> [StoredPart] {
        try connection.rows("SELECT kind, period, holder, held, idle, spent FROM gateway_share WHERE key_id = ?", key).compactMap { row in
            guard let limit = SharedLimit(rawValue: try row.get(0)) else { return nil }
            return StoredPart(
                limit: limit, period: try row.get(1), holder: InstanceID(try row.get(2, as: String.self)), held: try row.get(3),
                idle: try row.get(4), spent: try row.get(5))
        }
    }

    private func others(
        _ rows: [StoredPart], _ ask: ShareAsk, members: Set<InstanceID>, on connection: any SQLConnection
    ) throws -> [SharedLimit: SharePool.Others] {
        var others: [SharedLimit: SharePool.Others] = [:]
        for limit in [SharedLimit.day, .month] where limit.amount(in: ask.allowance) != nil {
            guard let period = ask.parts[limit]?.period else { continue }
            let held = try ResourceOwners.holds(of: ask.key, since: Self.start(of: limit, period), on: connection)
            others[limit, default: SharePool.Others()].used += held.reduce(0) { $0.addingWithoutOverflow($1.amount) }
            guard !rows.contains(where: { $0.limit == limit && $0.period == period && $0.holder == nil }) else { continue }
            let known = try begin(limit, period, of: ask.key, on: connection)
            others[limit, default: SharePool.Others()].used += known
        }
        for row in rows where row.holder != me && row.period == ask.parts[row.limit]?.period {
            let isThere = row.holder.map { members.contains($0) } ?? false
            let isUsing = row.holder.map { isThere && !silent.contains($0) } ?? false
            others[row.limit, default: SharePool.Others()].used += row.spent + (isThere ? row.held : 0)
            others[row.limit, default: SharePool.Others()].held += isUsing ? row.held : 0
            others[row.limit, default: SharePool.Others()].idle += isUsing ? row.idle : 0
        }
        return others
    }

    private static func start(of limit: SharedLimit, _ period: Int64) -> Timestamp {
        limit == .day ? UTCCalendar.start(ofDay: period) : UTCCalendar.start(ofMonth: period)
    }

    /// What the ledger knows of a day or month as its first row is written.
    private func begin(_ limit: SharedLimit, _ period: Int64, of key: KeyID, on connection: any SQLConnection) throws -> Int64 {
        let start = Self.start(of: limit, period)
        let spent: Int64 =
            try connection.row("SELECT COALESCE(SUM(cost), 0) FROM gateway_hour WHERE hour >= ? AND key_id = ?", start, key)?.get(0) ?? 0
        try connection.execute(
            "INSERT INTO gateway_share (key_id, kind, period, holder, held, idle, spent) VALUES (?, ?, ?, '', 0, 0, ?)", key,
            limit.rawValue, period, max(0, spent))
        return max(0, spent)
    }

    private func write(
        _ part: LimitPart, of limit: SharedLimit, _ key: KeyID, among rows: [StoredPart], on connection: any SQLConnection
    ) throws {
        if let row = rows.first(where: { $0.limit == limit && $0.period == part.period && $0.holder == me }) {
            guard row.held != part.held || row.idle != part.idle || row.spent != part.spent else { return }
            try connection.execute(
                "UPDATE gateway_share SET held = ?, idle = ?, spent = ? WHERE key_id = ? AND kind = ? AND period = ? AND holder = ?",
                part.held, part.idle, part.spent, key, limit.rawValue, part.period, me)
        } else if !part.isBlank {
            try connection.execute(
                "INSERT INTO gateway_share (key_id, kind, period, holder, held, idle, spent) VALUES (?, ?, ?, ?, ?, ?, ?)", key,
                limit.rawValue, part.period, me, part.held, part.idle, part.spent)
        }
    }

    /// Forgets minutes, days and months that are over, and places of instances that are gone.
    static func forget(at now: Timestamp, on connection: any SQLConnection) throws {
        for limit in SharedLimit.allCases where limit != .concurrency {
            // One more than needed: another instance's clock may be a little behind.
            try connection.execute(
                "DELETE FROM gateway_share WHERE kind IN (?, ?) AND period < ?", limit.rawValue, limit.booked, limit.period(at: now) - 1)
        }
        let members = try FleetRoom.members(on: connection)
        let holders = try connection.rows("SELECT DISTINCT holder FROM gateway_share WHERE kind = ?", SharedLimit.concurrency.rawValue)
        for row in holders {
            let holder: String = try row.get(0)
            if let id = InstanceID(holder), members.contains(id) { continue }
            try connection.execute("DELETE FROM gateway_share WHERE kind = ? AND holder = ?", SharedLimit.concurrency.rawValue, holder)
        }
    }
}
