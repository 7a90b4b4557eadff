import Routing
import Storage
import Vocabulary

extension SharedLimit {
    /// The kind of the rows that say what the ledger has booked of an instance's requests, beside what it has told itself.
    var booked: String { rawValue + ".booked" }
}

// What an instance has told of its spending is 200 ms old when it dies, and what ran there is still held. Its journal knows better: what the
// ledger books of it is added up in rows of its own, in the transaction that books it. Once all of the journal is booked the larger of the
// two sums is what it has spent, to the nano-dollar, and nothing of it runs any more.
extension ShareStore {
    private static let add = SQLInsertion(
        into: "gateway_share", ["key_id", "kind", "period", "holder", "held", "idle", "spent"],
        suffix: "ON CONFLICT (key_id, kind, period, holder) DO UPDATE SET spent = spent + excluded.spent")

    /// The ledger has booked this of an instance's requests.
    /// - Parameter counts: whether others have to know what a key spends.
    static func book(
        _ figures: [UsagePlace: UsageFigures], of holder: InstanceID, counts: (KeyID) -> Bool, on connection: any SQLConnection
    ) throws {
        var sums: [BookedPlace: Int64] = [:]
        for (place, figures) in figures where figures.cost > 0 {
            guard let key = place.key.map({ KeyID($0) }), counts(key) else { continue }
            for limit in [SharedLimit.day, .month] {
                let place = BookedPlace(key: key, limit: limit, period: limit.period(at: place.hour))
                sums[place] = (sums[place] ?? 0).addingWithoutOverflow(figures.cost)
            }
        }
        guard !sums.isEmpty else { return }
        var rows = SQLRows(width: add.width)
        for (place, sum) in sums {
            rows.add(place.key.description)
            rows.add(place.limit.booked)
            rows.add(place.period)
            rows.add(holder.description)
            rows.add(Int64(0))
            rows.add(Int64(0))
            rows.add(sum)
        }
        try connection.insert(rows, with: add)
    }

    private struct BookedPlace: Hashable {
        let key: KeyID
        let limit: SharedLimit
        let period: Int64
    }

    /// Money that was spent without a reservation: what a batch's results tell long after it was made. In the transaction that books it;
    /// where nobody shares a budget there is no row, and nothing to do.
    static func noteSpent(_ nanoDollars: Int64, by key: KeyID, at now: Timestamp, on connection: any SQLConnection) throws {
        for limit in [SharedLimit.day, .month] {
            try connection.execute(
                "UPDATE gateway_share SET spent = spent + ? WHERE key_id = ? AND kind = ? AND period = ? AND holder = ''", nanoDollars, key,
                limit.rawValue, limit.period(at: now))
        }
    }

    /// Frees what an instance held of all limits. Only for one of which nothing runs any more and whose journal is booked.
    static func takeOver(_ holder: InstanceID, on connection: any SQLConnection) throws {
        for limit in [SharedLimit.day, .month] {
            let booked = try connection.rows(
                "SELECT key_id, period, spent FROM gateway_share WHERE holder = ? AND kind = ?", holder, limit.booked)
            for row in booked {
                let place = BookedPlace(key: try row.get(0), limit: limit, period: try row.get(1))
                try correct(place, of: holder, to: try row.get(2), on: connection)
            }
            try connection.execute("DELETE FROM gateway_share WHERE holder = ? AND kind = ?", holder, limit.booked)
        }
        try connection.execute("UPDATE gateway_share SET held = 0, idle = 0 WHERE holder = ? AND (held > 0 OR idle > 0)", holder)
    }

    /// Never less than it was.
    private static func correct(_ place: BookedPlace, of holder: InstanceID, to booked: Int64, on connection: any SQLConnection) throws {
        let row = "key_id = ? AND kind = ? AND period = ? AND holder = ?"
        let names: [SQLValue] = [place.key.sqlValue, .text(place.limit.rawValue), .integer(place.period)]
        if let told = try connection.row("SELECT spent FROM gateway_share WHERE \(row)", names + [holder.sqlValue]) {
            guard try told.get(0, as: Int64.self) < booked else { return }
            try connection.execute(
                "UPDATE gateway_share SET spent = ? WHERE \(row)", [.integer(booked)] + names + [holder.sqlValue])
            return
        }
        // Where nobody shares the budget the first who does begins with all that the ledger knows.
        guard try connection.row("SELECT 1 FROM gateway_share WHERE \(row)", names + [.text("")]) != nil else { return }
        try connection.execute(
            "INSERT INTO gateway_share (key_id, kind, period, holder, held, idle, spent) VALUES (?, ?, ?, ?, 0, 0, ?)",
            names + [holder.sqlValue, .integer(booked)])
    }
}
