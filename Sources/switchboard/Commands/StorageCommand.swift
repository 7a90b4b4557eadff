import ArgumentParser
import Assembly
import Logging
import Synchronization

/// `switchboard storage …`: the database as a whole.
struct StorageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "storage", abstract: "Move the house from one database to another.", subcommands: [CopyStorage.self])
}

/// `switchboard storage copy`.
struct CopyStorage: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "copy", abstract: "Copy everything from one database into an empty one, and compare all of it.",
        discussion: """
            Addresses are sqlite:FOLDER (a data directory, or a backup's folder) and mysql://user:password@host/name; the one that is left out is \
            DATABASE_URL, which keeps its password out of the list of processes. Stop the servers of both first. Set HOUSE_KEY to the key of \
            the source (`base64 < house.key`) for every instance that uses the target.
            """)

    @Option(help: ArgumentHelp("Where from; DATABASE_URL when left out.", valueName: "address"))
    var from: String?

    @Option(help: ArgumentHelp("Where to; DATABASE_URL when left out.", valueName: "address"))
    var to: String?

    @Flag(help: "Go on with a copy that was broken off.")
    var resume = false

    @Flag(help: "Clients take everything anew: for a backup that is put back.")
    var newEpoch = false

    @Flag(help: "JSON instead of text.")
    var json = false

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        guard from != nil || to != nil else { throw ValidationError("--from or --to is missing: one of them is DATABASE_URL") }
        let (source, target) = (try address(from, "--from"), try address(to, "--to"))
        let wishes = StorageCopy.Options(isResumed: resume, hasNewEpoch: newEpoch)
        let lines = ProgressLines()
        try await StoreCommand.run(options) { store in
            let report = try await store.copy(from: source, to: target, options: wishes, notice: Standard.note, progress: lines.told)
            if json { return Standard.output(try JSONOutput.text(report)) }
            Standard.output("copied \(report.rows) rows of \(report.tables) tables in \(report.milliseconds) ms; all of it was compared")
            Standard.output(
                newEpoch
                    ? "new epoch \(report.epoch): clients take everything anew"
                    : "the epoch \(report.epoch) is kept: what clients hold stays good")
        }
    }

    private func address(_ text: String?, _ flag: String) throws -> DatabaseAddress? {
        guard let text else { return nil }
        guard let address = DatabaseAddress(text) else {
            throw ValidationError("\(flag) takes sqlite:FOLDER or mysql://user:password@host:3306/name")
        }
        return address
    }
}

/// How far it has come, for people: each table, and a line every two seconds within one.
private final class ProgressLines: Sendable {
    private let last = Mutex<(table: String, at: ContinuousClock.Instant)>(("", .now))

    @Sendable func told(_ table: String, _ rows: Int, _ all: Int) {
        let isDue = last.withLock { last in
            let now = ContinuousClock.now
            guard last.table != table || now - last.at > .seconds(2) else { return false }
            last = (table, now)
            return true
        }
        if isDue { Standard.note("\(table): \(rows) rows, \(all) in all") }
    }
}
