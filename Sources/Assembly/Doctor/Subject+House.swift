import Desk
package import Doctor
import FoundationEssentials
import Host
package import Settings
import Storage
import Supervision
import Vocabulary

extension Subject {
    /// The house that these settings describe, running or not.
    /// - Parameter problems: what is wrong with the settings; the wrong ones have their defaults.
    package init(_ settings: Settings, problems: [String] = []) {
        let directory = settings[HouseSettings.dataDirectory]
        self.init(
            inspection: HouseInspection(settings), vault: BackupVault(settings), now: SystemClock().now())
        version = House.fingerprint.short
        isDebugBuild = House.isDebugBuild
        dataDirectory = directory
        settingsProblems = problems
        let file = settings[SettingsFiles.environmentFile]
        environmentFile = FileManager.default.fileExists(atPath: file) ? file : nil
        listens = Self.listens(settings)
        tlsMode = settings[HouseSettings.tlsMode].rawValue
        certificate = Self.certificate(settings)
        allowsPlainHTTP = settings[HouseSettings.allowPlainHTTP]
        publicURL = settings[HouseSettings.publicURL]
        trustedProxies = settings[HouseSettings.trustedProxies]
        logLevel = settings[HouseSettings.logLevel].rawValue
        testSwitches = Self.testSwitches(settings)
        backupEvery = settings[HouseSettings.backupEvery]
        resources = ProcFile.link("/proc/self/exe").map { program in
            program.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
                + "/switchboard_Console.resources"
        }
        supervisorStatus = { SupervisorCall.send("status", directory: directory) }
        sharing = Sharing(settings)
        let path = databasePath
        upstreams = { try Self.upstreams(on: try SQLiteFile(path, .readOnly)) }
        search = { Self.search(on: try SQLiteFile(path, .readOnly)) }
    }

    private static func listens(_ settings: Settings) -> [Listen] {
        let (host, port) = (settings.listening.host, settings.listening.port)
        var listens = [Listen(setting: "HTTP_PORT", host: host, port: port)]
        if settings[HouseSettings.tlsMode] != .disabled {
            listens.append(Listen(setting: "HTTPS_PORT", host: host, port: settings[HouseSettings.httpsPort]))
        }
        if settings[HouseSettings.gatewayPort] != 0 {
            listens.append(Listen(setting: "GATEWAY_PORT", host: host, port: settings[HouseSettings.gatewayPort]))
        }
        return listens
    }

    private static func certificate(_ settings: Settings) -> Certificate? {
        switch settings[HouseSettings.tlsMode] {
        case .disabled: return nil
        case .files: return Certificate(certificate: settings[HouseSettings.certificate], key: settings[HouseSettings.key])
        case .selfSigned:
            // Before the first start there is none, and it makes itself.
            let folder = settings[HouseSettings.dataDirectory] + "/tls"
            guard FileManager.default.fileExists(atPath: folder + "/cert.pem") else { return nil }
            return Certificate(certificate: folder + "/cert.pem", key: folder + "/key.pem")
        }
    }

    private static func testSwitches(_ settings: Settings) -> [String] {
        var found = settings[HouseSettings.testEcho] ? ["TEST_ECHO"] : []
        #if DEBUG
            if settings[HouseSettings.testFaults] { found.append("TEST_FAULTS") }
        #endif
        return found
    }

    static func upstreams(on connection: any SQLConnection) throws -> [Upstream] {
        try connection.rows("SELECT name, url, is_enabled FROM node LIMIT 500").map { row in
            let url = try row.get(1, as: String.self)
            return Upstream(name: try row.get(0, as: String.self), host: host(of: url), isEnabled: try row.get(2, as: Int.self) != 0)
        }
    }

    /// Nil on a database that has no index yet: MIG-002 says why.
    static func search(on connection: any SQLConnection) -> Search? {
        guard let state = try? SearchState.read(on: connection) else { return nil }
        return Search(changes: state.changes, oldest: state.oldest, earlier: state.earlier)
    }

    /// Of `https://host:port/path`, also `[::1]`.
    private static func host(of url: String) -> String {
        let parts = url.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count > 2 else { return url }
        if parts[2].hasPrefix("["), let end = parts[2].firstIndex(of: "]") { return String(parts[2][..<end].dropFirst()) }
        return String(parts[2].prefix { $0 != ":" })
    }
}
