import Host
package import Storage
package import Vocabulary

/// What the doctor examines: a house as its settings describe it, running or not.
package struct Subject: Sendable {
    /// Where it would listen.
    package struct Listen: Sendable {
        package let setting: String
        package let host: String
        package let port: Int

        package init(setting: String, host: String, port: Int) {
            self.setting = setting
            self.host = host
            self.port = port
        }
    }

    /// The two files of `TLS_MODE=files`.
    package struct Certificate: Sendable {
        package let certificate: String
        package let key: String

        package init(certificate: String, key: String) {
            self.certificate = certificate
            self.key = key
        }
    }

    /// A model node as the database has it.
    package struct Upstream: Sendable {
        package let name: String
        package let host: String
        package let isEnabled: Bool

        package init(name: String, host: String, isEnabled: Bool) {
            self.name = name
            self.host = host
            self.isEnabled = isEnabled
        }
    }

    /// How far the search's index is.
    package struct Search: Sendable {
        /// Changes of conversations that it does not have.
        package let changes: Int64
        /// Since when the oldest of them waits.
        package let oldest: Timestamp?
        /// Conversations from before it was begun that it does not have.
        package let earlier: Int64

        package init(changes: Int64, oldest: Timestamp?, earlier: Int64) {
            self.changes = changes
            self.oldest = oldest
            self.earlier = earlier
        }
    }

    package var version = ""
    package var isDebugBuild = false
    package var dataDirectory = ""
    /// Everything that is wrong with the settings, a sentence each.
    package var settingsProblems: [String] = []
    package var environmentFile: String?
    package var listens: [Listen] = []
    /// `TLS_MODE`.
    package var tlsMode = "disabled"
    package var certificate: Certificate?
    package var allowsPlainHTTP = false
    package var publicURL = ""
    package var trustedProxies = ""
    package var logLevel = "info"
    /// Names of settings that are only for tests and are on.
    package var testSwitches: [String] = []
    package var backupEvery = Duration.zero
    package var inspection: any SchemaInspection
    package var vault: BackupVault
    /// The folder of the console's pages; nil: not found.
    package var resources: String?
    package var upstreams: @Sendable () throws -> [Upstream] = { [] }
    /// Nil: the database has no such index yet.
    package var search: @Sendable () throws -> Search? = { nil }
    /// The supervisor's answer to `status`; nil: none runs.
    package var supervisorStatus: @Sendable () -> String? = { nil }
    /// Nil where the database is a file.
    package var sharing: Sharing?
    package var now: Timestamp

    package init(inspection: any SchemaInspection, vault: BackupVault, now: Timestamp) {
        self.inspection = inspection
        self.vault = vault
        self.now = now
    }

    /// The database file.
    package var databasePath: String { dataDirectory + "/switchboard.sqlite" }
    /// There is a database file that this house uses.
    var hasDatabase: Bool { sharing == nil && FileFacts(databasePath) != nil }
    /// There is a database, in a file or at a server that this program can speak to.
    var hasSchema: Bool { sharing?.missingFeatures.isEmpty ?? hasDatabase }
}
