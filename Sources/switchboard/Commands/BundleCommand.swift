import ArgumentParser
import Assembly
import Doctor
import Settings
import Vocabulary

/// `switchboard bundle`.
struct BundleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bundle", abstract: "Make one file for a bug report, without messages, names, addresses or secrets.",
        discussion: """
            Works with the server dead as well. Prints what is in the file and what was left out of each part; MANIFEST.json inside says the \
            same. Nothing is sent anywhere: look at it with `tar -xzf` first.
            """)

    @Option(help: "Where to write it; switchboard-bundle-<time>.tar.gz in this folder when left out.")
    var to: String?

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        let (settings, problems) = options.salvage()
        var subject = Subject(settings, problems: problems)
        await subject.lookAtShared(settings)
        let path = to ?? "switchboard-bundle-\(subject.now.milliseconds / 1_000).tar.gz"
        do throws(BundleError) {
            let parts = try Bundle(subject, fingerprint: House.fingerprint).write(
                to: path, settings: settings.shape, figures: RunningFigures.read(settings))
            for part in parts { Standard.note("\(part.name): \(part.purpose); left out: \(part.removed)") }
            Standard.output(path)
        } catch {
            Standard.error(error.description)
            throw HouseExit.cannotCreate
        }
    }
}
