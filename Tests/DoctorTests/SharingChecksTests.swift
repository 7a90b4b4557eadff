import Storage
import TestSupport
import Testing
import Vocabulary

@testable import Doctor

struct SharingChecksTests {
    @Test(
        "a server whose full-text index leaves words out is told, with what search misses and what to set",
        arguments: [
            (["innodb_ft_min_token_size": "3", "innodb_ft_max_token_size": "84"], nil),
            (["innodb_ft_min_token_size": "2", "innodb_ft_max_token_size": "60"], nil),
            // TiDB has neither.
            ([:], nil), (["innodb_ft_min_token_size": "4", "innodb_ft_max_token_size": "84"], "short words"),
            (["innodb_ft_min_token_size": "3", "innodb_ft_max_token_size": "59"], "long words"),
            (["innodb_ft_min_token_size": "8", "innodb_ft_max_token_size": "20"], "short words and long words"),
        ] as [([String: String], String?)])
    func words(_ variables: [String: String], _ missed: String?) throws {
        let check = try #require(Check.all.first { $0.id == "SHARE-016" })
        let finding = try check.examine(try Self.subject(variables))
        guard let missed else {
            #expect(finding.status == .pass, "\(finding.cause)")
            return
        }
        #expect(finding.status == .warn && finding.cause.contains("leaves \(missed) out"), "\(finding.cause)")
        #expect(finding.evidence == variables)
        #expect(finding.remedies.map(\.command).contains { $0.contains("innodb_ft_min_token_size=3") })
    }

    private static func subject(_ variables: [String: String]) throws -> Subject {
        let directory = try TemporaryDirectory()
        let clock = ManualClock()
        var subject = Subject(
            inspection: MigrationInspection(directory: directory.path, schemas: [], clock: clock, version: "test"),
            vault: BackupVault(directory: directory.path, clock: clock, version: "test"), now: clock.now())
        subject.sharing = Subject.Sharing(
            server: "db.example:3306/house", isNear: false, tls: "verify", redis: nil, missingFeatures: [], hasHouseKey: true,
            look: { .init(engine: "MySQL", version: "8.0.36", variables: variables, ahead: .zero, instances: []) }, lookAtRedis: { "" })
        return subject
    }
}
