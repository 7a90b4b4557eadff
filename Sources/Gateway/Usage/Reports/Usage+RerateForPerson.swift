import Storage
package import Vocabulary

extension Usage {
    /// `rerate` for somebody, with its line in the audit log when it changed something. The bills change in batches, so the line is written
    /// behind the last of them: cut off in between, there is none, and doing it again writes it.
    /// - Throws: `GatewayError.forbidden`, `StorageError`.
    package func rerate(
        from: Timestamp, to: Timestamp, apply: Bool, by author: Author, at now: Timestamp
    ) async throws -> RerateReport {
        try author.require(.admin)
        let report = try await rerate(from: from, to: to, apply: apply, in: author.workspace)
        guard apply, report.changed > 0 else { return report }
        let changes = [
            AuditChange(field: "requests", from: nil, to: String(report.changed)),
            AuditChange(field: "cost", from: String(report.before), to: String(report.after)),
        ]
        try await database.write { connection in
            try AuditLog.write(
                "usage.rerated", on: "usage", named: "\(from.rfc3339)/\(to.rfc3339)", changes: changes, by: author, at: now, on: connection)
        }
        return report
    }
}
