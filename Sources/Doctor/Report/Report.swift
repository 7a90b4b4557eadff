package import Vocabulary

/// What the doctor says: one examined house.
package struct Report: Sendable, Codable {
    package struct Entry: Sendable, Codable {
        package let id: String
        package let title: String
        package let severity: Check.Severity
        package let status: Finding.Status
        package let evidence: [String: String]
        package let cause: String
        package let remedy: [Finding.Remedy]
        /// Milliseconds that the check took.
        package let ms: Int64

        package init(_ check: Check, _ finding: Finding, ms: Int64) {
            id = check.id
            title = check.title
            severity = check.severity
            status = finding.status
            evidence = finding.evidence
            cause = finding.cause
            remedy = finding.remedies
            self.ms = ms
        }
    }

    package var schema = 1
    package let version: String
    package let host: String
    package let dataDirectory: String
    package let at: Timestamp
    package let ms: Int64
    package let checks: [Entry]

    package init(version: String, host: String, dataDirectory: String, at: Timestamp, ms: Int64, checks: [Entry]) {
        self.version = version
        self.host = host
        self.dataDirectory = dataDirectory
        self.at = at
        self.ms = ms
        self.checks = checks
    }

    /// How many there are of each status.
    package var summary: [Finding.Status: Int] {
        checks.reduce(into: [:]) { $0[$1.status, default: 0] += 1 }
    }

    /// 0: all is well; 3: warnings; 4: something does not work; 5: something could not be checked, and nothing worse was found.
    package var exitCode: Int32 {
        let found = Set(checks.map(\.status))
        if found.contains(.fail) { return 4 }
        if found.contains(.warn) { return 3 }
        return found.contains(.unknown) ? 5 : 0
    }
}
