import ArgumentParser
import Assembly
import Settings

/// `switchboard config`.
struct ShowConfiguration: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Show every setting with its value, origin and meaning.")

    @Flag(help: "A JSON array instead of a table.")
    var json = false

    @Flag(help: "A .env file to begin with: every setting with its meaning and default.")
    var example = false

    @Option(help: "en or zh.")
    var language: SettingsLanguage = .english

    @OptionGroup var options: SettingsOptions

    func run() throws {
        let settings = try options.load()
        if example { return Standard.output(settings.example(in: language)) }
        Standard.output(json ? settings.describeAsJSON() : settings.describe(in: language))
    }
}

extension SettingsLanguage: ExpressibleByArgument {}
