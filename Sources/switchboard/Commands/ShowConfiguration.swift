import ArgumentParser
import Assembly
import Settings

/// `switchboard config`.
struct ShowConfiguration: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Show every setting with its value, origin and meaning.")

    @Flag(help: "A JSON array instead of a table.")
    var json = false

    @Option(help: "en or zh.")
    var language: SettingsLanguage = .english

    @OptionGroup var options: SettingsOptions

    func run() throws {
        let settings = try options.load()
        Standard.output(json ? settings.describeAsJSON() : settings.describe(in: language))
    }
}

extension SettingsLanguage: ExpressibleByArgument {}
