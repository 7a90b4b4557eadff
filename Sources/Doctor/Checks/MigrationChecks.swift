import Storage

/// The schema of the database against this program's.
enum MigrationChecks {
    static let all = [chain, pending, newer, drift]

    private static let chain = Check("MIG-001", "migrations as they were released", .critical) { subject in
        guard subject.hasSchema else { return .skip("no database yet") }
        do {
            let status = try subject.inspection.status()
            return .well(["head": status.head, "migrations": "\(status.landed.count)"])
        } catch let error as MigratorError {
            return .fail(
                "\(error)", [Finding.Remedy("switchboard migrate status"), Finding.Remedy("run the release that wrote this database")],
                ["code": error.code])
        }
    }

    private static let pending = Check("MIG-002", "nothing to migrate", .warn) { subject in
        guard subject.hasSchema, let status = try? subject.inspection.status() else { return .skip("see MIG-001") }
        guard !status.pending.isEmpty else { return .well() }
        return .warn(
            "the next start will run \(status.pending.count) migrations: \(status.pending.prefix(5).joined(separator: ", "))",
            [
                Finding.Remedy("switchboard migrate plan"),
                Finding.Remedy("switchboard migrate apply", risk: "a verified backup is made before"),
            ])
    }

    private static let newer = Check("MIG-003", "a database that is not of a newer release", .critical) { subject in
        guard subject.hasSchema, let status = try? subject.inspection.status() else { return .skip("see MIG-001") }
        guard !status.ahead.isEmpty else { return .well() }
        return .fail(
            "the database has migrations that this program does not know: \(status.ahead.joined(separator: ", "))",
            [
                Finding.Remedy("run the newer release again"),
                Finding.Remedy("switchboard restore --at <before the upgrade>", risk: "what was written since is lost"),
            ])
    }

    private static let drift = Check("MIG-004", "a schema that nobody changed by hand") { subject in
        guard subject.hasSchema else { return .skip("no database yet") }
        guard let found = try? subject.inspection.verify() else { return .skip("see MIG-001") }
        guard let first = found.drifts.first else { return .well(["fingerprint": found.found]) }
        let evidence = Dictionary(found.drifts.prefix(8).enumerated().map { ("difference \($0.offset + 1)", $0.element.text) }) {
            first, _ in first
        }
        let remedies = [Finding.Remedy("switchboard migrate verify")]
        let sentence = "the schema differs from the released one: \(first.text)"
        return found.drifts.contains(where: \.isBlocking) ? .fail(sentence, remedies, evidence) : .warn(sentence, remedies, evidence)
    }
}
