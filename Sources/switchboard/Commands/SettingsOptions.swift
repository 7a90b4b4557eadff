import ArgumentParser
import Assembly
import FoundationEssentials
import Logging
import Settings
import Telemetry

/// The settings flags that every command takes.
struct SettingsOptions: ParsableArguments {
    @Argument(parsing: .allUnrecognized, help: "Settings, such as --http-port 8080; `switchboard config` lists them.")
    var flags: [String] = []

    /// - Throws: exit code 78 after naming everything that is wrong.
    func load() throws -> Settings {
        do throws(SettingsError) {
            return try Settings.load(
                catalogue: HouseSettings.catalogue, flags: flags, environment: ProcessInfo.processInfo.environment,
                directory: FileManager.default.currentDirectoryPath)
        } catch {
            Standard.error(error.description)
            throw HouseExit.configuration
        }
    }

    /// Loads the settings and sets logging up by them.
    /// - Parameter least: of a command that people wait for, what is less than this is not worth a line.
    func begin(least: Logger.Level = .trace) throws -> Settings {
        let settings = try load()
        let level = max(least, settings[HouseSettings.logLevel].logLevel)
        Telemetry.bootstrap(format: settings[HouseSettings.logFormat], level: level)
        return settings
    }
}
