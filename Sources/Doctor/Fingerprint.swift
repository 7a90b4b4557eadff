import CLinux
import GRDBSQLite
import Host

/// What exactly this program is: to compare two machines, and to know what a certificate speaks of.
package struct Fingerprint: Codable, Sendable, Equatable {
    package var name = "switchboard"
    package var version: String
    /// 40 hex digits, or `unknown` for a build that no script made.
    package var commit: String
    /// Files differed from that commit.
    package var dirty: Bool
    /// `debug` or `release`.
    package var configuration: String
    package var swift: String
    /// Like `x86_64-linux`.
    package var target: String
    /// `static`: the standard library is inside; `dynamic`: beside.
    package var linkage: String
    package var features: [String]
    /// Of the package, that this build has.
    package var traits: [String]
    package var sqlite: String
    package var tls: String
    /// The newest migration of each room that this program knows.
    package var schema: [String]
    /// Of the desk's sync protocol: the oldest and the newest that are spoken.
    package var protocols: [Int]

    package init(version: String, isDebug: Bool, schema: [String], protocols: [Int]) {
        self.version = version
        commit = String(cString: clinux_commit())
        dirty = clinux_is_dirty() != 0
        configuration = isDebug ? "debug" : "release"
        swift = String(cString: clinux_compiler())
        #if arch(x86_64)
            target = "x86_64-linux"
        #elseif arch(arm64)
            target = "aarch64-linux"
        #else
            target = "linux"
        #endif
        let maps = ProcFile.text("/proc/self/maps", limit: 4 * 1_024 * 1_024) ?? ""
        linkage = maps.split(separator: "\n").contains { $0.hasSuffix("/libswiftCore.so") } ? "dynamic" : "static"
        var traits: [String] = []
        #if MySQL
            traits.append("MySQL")
        #endif
        #if Redis
            traits.append("Redis")
        #endif
        self.traits = traits
        features = (["desk", "gateway", "http2", "sqlite", "tls"] + traits.map { $0.lowercased() }).sorted()
        sqlite = String(cString: sqlite3_libversion())
        tls = "BoringSSL of swift-nio-ssl"
        self.schema = schema
        self.protocols = protocols
    }

    /// Like `0.1.0 (commit 0123456789ab, release)`.
    package var short: String {
        "\(version) (commit \(commit.prefix(12))\(dirty ? ", changed" : ""), \(configuration))"
    }
}
