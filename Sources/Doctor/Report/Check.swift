/// One question that the doctor asks. Reads only; needs no server; its id stays for ever.
package struct Check: Sendable {
    package enum Severity: String, Sendable, Codable {
        case info, warn, fail, critical
    }

    /// Like `TLS-003`.
    package let id: String
    /// What is looked at.
    package let title: String
    /// How bad it is when it fails.
    package let severity: Severity
    let examine: @Sendable (Subject) throws -> Finding

    init(_ id: String, _ title: String, _ severity: Severity = .fail, _ examine: @escaping @Sendable (Subject) throws -> Finding) {
        self.id = id
        self.title = title
        self.severity = severity
        self.examine = examine
    }

    /// Everything that the doctor looks at, in the order of a start.
    package static let all: [Check] =
        BuildChecks.all + ConfigurationChecks.all + PortChecks.all + TLSChecks.all + StoreChecks.all + SharingChecks.all
        + MigrationChecks.all + BackupChecks.all + ProcessChecks.all + SecurityChecks.all + HostChecks.all + UpstreamChecks.all
        + DeskChecks.all
}
