import Storage
import Vocabulary

/// The moments of `SignInLimiter` that several instances share, in the database; names only as digests.
enum SignInTimes {
    /// Passed ones that are thrown away with each try: more than a try adds.
    private static let forgotten = 8

    static func moments(named names: [String], on connection: any SQLConnection) throws -> [String: Timestamp] {
        var moments: [String: Timestamp] = [:]
        for name in names {
            moments[name] = try connection.row("SELECT until_at FROM sign_in_time WHERE digest = ?", Token.digest(of: name))?.get(0)
        }
        return moments
    }

    static func store(_ moments: [String: Timestamp], on connection: any SQLConnection) throws {
        for (name, time) in moments.sorted(by: { $0.key < $1.key }) {
            let digest = Token.digest(of: name)
            guard try connection.execute("UPDATE sign_in_time SET until_at = ? WHERE digest = ?", time, digest) == 0 else { continue }
            try connection.execute("INSERT INTO sign_in_time (digest, until_at) VALUES (?, ?)", digest, time)
        }
    }

    /// A few of those that have passed.
    static func forget(before now: Timestamp, on connection: any SQLConnection) throws {
        let passed = try connection.rows(
            "SELECT digest FROM sign_in_time WHERE until_at <= ? ORDER BY until_at LIMIT ?", now, forgotten)
        for row in passed {
            try connection.execute("DELETE FROM sign_in_time WHERE digest = ?", try row.get(0, as: [UInt8].self))
        }
    }
}
