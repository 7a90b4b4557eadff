import ArgumentParser
import Assembly
import Logging
import Storage
import Vocabulary

/// `switchboard restore`.
struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Put a backup in the database's place. The server must not be running.",
        discussion: """
            What was there is kept in DATA_DIR/replaced. Clients notice by the database's new epoch and take everything anew. Members, \
            sessions and keys are those of the backup: what was revoked since then is valid again.
            """)

    @Argument(help: "latest, a backup's name (`switchboard backup --list`) or its folder, or a database file.")
    var which: String

    @Option(help: "With latest: the newest one that is not younger, such as 2026-11-21T10:00 (UTC).")
    var at: String?

    @Flag(help: "Check the backup and say what would be lost; change nothing.")
    var check = false

    @Flag(help: "JSON instead of text.")
    var json = false

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        let choice = try choice()
        try await StoreCommand.run(options) { store in
            let report = try await store.restore(choice, checkingOnly: check)
            Standard.output(json ? try JSONOutput.text(report) : report.text(checkingOnly: check))
        }
    }

    private func choice() throws -> BackupChoice {
        guard which == "latest" else {
            guard at == nil else { throw ValidationError("--at goes with `latest`") }
            return .named(which)
        }
        guard let at else { return .newest(at: nil) }
        guard let time = BackupTime.parse(at) else {
            throw ValidationError("--at takes a time in UTC such as 2026-11-21T10:00, not \"\(at)\"")
        }
        return .newest(at: time)
    }
}

extension RestoreReport {
    fileprivate func text(checkingOnly: Bool) -> String {
        var lines = [
            checkingOnly ? "\(backup) is whole: \(rows) rows" : "restored \(backup): \(rows) rows in \(milliseconds) ms",
            "data are of \(from.rfc3339)" + (isVerified ? "" : " (the file's own time: it has no manifest to compare with)"),
        ]
        if let to {
            let span = to > from ? "lost is what was written from then to \(to.rfc3339)" : "nothing was written since then"
            lines.append((checkingOnly ? span.replacing("lost is", with: "lost would be") : span) + difference)
        }
        if let aside { lines.append("what was there is kept in \(aside)") }
        if !checkingOnly {
            lines.append("new epoch \(epoch): clients take everything anew")
            lines.append("members, sessions and keys are those of the backup: end again what was ended since")
        }
        return lines.joined(separator: "\n")
    }

    private var difference: String {
        guard let missing else { return "; the database that was there can't be read, so the rows can't be compared" }
        guard !missing.isEmpty else { return "; every table has as many rows as before" }
        return ": "
            + missing.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value > 0 ? "-" : "+")\(abs($0.value))" }.joined(separator: ", ")
    }
}
