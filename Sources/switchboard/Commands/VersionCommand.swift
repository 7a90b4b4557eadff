import ArgumentParser
import Assembly
import Doctor
import FoundationEssentials

/// `switchboard version`.
struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version", abstract: "Say what exactly this program is: version, commit, compiler, features, schema.")

    @Flag(help: "All of it as JSON.")
    var json = false

    func run() throws {
        guard json else { return Standard.output(House.fingerprint.short) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        Standard.output(String(decoding: try encoder.encode(House.fingerprint), as: UTF8.self))
    }
}
