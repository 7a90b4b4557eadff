import ArgumentParser
import Assembly
import Doctor
import FoundationEssentials
import Settings
import Vocabulary

/// `switchboard doctor`.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Examine settings, ports, certificates, data, backups, processes and the machine.",
        discussion: """
            Reads only, needs no running server, and takes a few seconds. Ends with 0 when all is well, 3 with warnings, 4 when something \
            does not work, 5 when something could not be checked.
            """)

    @Flag(help: "The whole report as JSON.")
    var json = false

    @Flag(name: .long, help: "Also what is well.")
    var all = false

    @Option(name: .long, help: "Only checks whose ids begin so, like TLS or STORE-003.")
    var only: [String] = []

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        let (settings, problems) = options.salvage()
        var subject = Subject(settings, problems: problems)
        await subject.lookAtShared(settings)
        let report = Examination.run(subject, only: only)
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            Standard.output(String(decoding: try encoder.encode(report), as: UTF8.self))
        } else {
            Standard.output(report.text(isLong: all))
        }
        throw ExitCode(report.exitCode)
    }
}

extension SettingsOptions {
    /// What can be read of the settings, and what is wrong with the rest.
    func salvage() -> (Settings, problems: [String]) {
        let (environment, directory) = (ProcessInfo.processInfo.environment, FileManager.default.currentDirectoryPath)
        do throws(SettingsError) {
            return (try Settings.load(catalogue: HouseSettings.catalogue, flags: flags, environment: environment, directory: directory), [])
        } catch {
            let settings = Settings.salvage(
                catalogue: HouseSettings.catalogue, flags: flags, environment: environment, directory: directory)
            return (settings, error.problems.map(\.description))
        }
    }
}
