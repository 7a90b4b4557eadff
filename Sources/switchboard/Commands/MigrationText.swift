import Storage
import Vocabulary

// What `switchboard migrate` prints for people.

extension MigrationPlanReport {
    var text: String {
        var lines = pending.isEmpty ? ["nothing is pending"] : ["\(pending.count) pending, in this order:"]
        for migration in pending { lines += migration.lines }
        if !ahead.isEmpty { lines.append("of a newer release, which this one can live with: \(ahead.joined(separator: ", "))") }
        guard !pending.isEmpty else { return lines.joined(separator: "\n") }
        lines.append("lock: \(lock)")
        if let rehearsal { lines.append(rehearsal.text) }
        lines.append(backupText)
        lines.append(
            previousReleaseGoesOn
                ? "the release before can go on serving meanwhile, and be started again behind it"
                : "THE RELEASE BEFORE CAN'T GO ON: where several instances run, stop them first; going back takes a backup")
        return lines.joined(separator: "\n")
    }

    private var backupText: String {
        if backsUp { return "a verified backup is made first" }
        return backupNote.map { "NO BACKUP is made: \($0)" }
            ?? "the database is empty or missing: nothing to back up, nothing to rehearse on"
    }
}

extension MigrationPlanReport.Pending {
    fileprivate var lines: [String] {
        let measured = milliseconds.map { ", \($0.shown) ms, \(rows ?? 0) rows changed" } ?? ""
        let older = previousReleaseRuns ? "the release before runs on it" : "THE RELEASE BEFORE DOES NOT RUN ON IT"
        return ["  \(id) \(title) (\(kind.rawValue)\(measured); \(older))"]
            + statements.enumerated().map { index, statement in
                let facts = statement.milliseconds.map { " [\($0.shown) ms]" } ?? ""
                let adopted = statement.isAdopted == true ? " (already there, identical: taken over)" : ""
                let hindrance = hindrances.first { $0.statement == index + 1 }.map { " !! for the release before: \($0.reason)" } ?? ""
                return "    \(index + 1). \(statement.effect)\(facts)\(adopted)\(hindrance)"
            }
    }
}

extension MigrationPlanReport.Rehearsal {
    fileprivate var text: String {
        let copy = "on a copy of \(ByteText.write(copiedBytes)) (copied in \(copyMilliseconds.shown) ms)"
        guard failure == nil else { return "rehearsal: FAILED \(copy)" }
        return "rehearsal: \(milliseconds.shown) ms \(copy)"
    }
}

extension MigrationStatus {
    var text: String {
        var lines = landed.map { one in
            let facts = [one.kind?.rawValue, one.adopted > 0 ? "\(one.adopted) taken over" : nil].compactMap { $0 }.joined(separator: ", ")
            return [one.id, one.at?.rfc3339 ?? "", one.version, one.title, facts].joined(separator: "\t")
        }
        lines.append("chain: \(chain)\(head.isEmpty ? "" : ", head \(head.prefix(16))")")
        lines.append(pending.isEmpty ? "nothing is pending" : "pending: \(pending.joined(separator: ", "))")
        if !ahead.isEmpty { lines.append("of a newer release: \(ahead.joined(separator: ", "))") }
        if let holder { lines.append("in use by \(holder)") }
        if let underWay { lines.append("begun and not done: \(underWay)") }
        return lines.joined(separator: "\n")
    }
}

extension SchemaVerification {
    var text: String {
        var lines = drifts.map { ($0.isBlocking ? "WRONG " : "extra ") + $0.text }
        lines.append("expected \(expected.prefix(16)), found \(found.prefix(16))")
        if !pending.isEmpty { lines.append("pending: \(pending.joined(separator: ", "))") }
        lines.append(
            isWell
                ? (drifts.isEmpty
                    ? "the schema is as the migrations make it" : "nothing is in the program's way; what is extra is left alone")
                : "put it back as expected, or restore a backup: `switchboard restore latest`")
        return lines.joined(separator: "\n")
    }
}

extension Double {
    /// With one decimal.
    fileprivate var shown: String {
        let tenths = Int64((self * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}
