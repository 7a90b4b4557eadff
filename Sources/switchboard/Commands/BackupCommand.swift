import ArgumentParser
import Assembly
import Logging
import Storage
import Vocabulary

/// `switchboard backup`.
struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Make a backup, restore it for trial and compare it; works beside a running server.",
        discussion: """
            Prints the backup's folder. What is made by this command is never deleted by the server. The folder holds the database, the \
            gateway's journal and, unless BACKUP_HOUSE_KEY=false, the key that seals its credentials: keep it as safe as the server.
            """)

    @Option(help: ArgumentHelp("A folder for it; BACKUP_DIR when left out.", valueName: "folder"))
    var to: String?

    @Flag(help: "Show the verified backups instead of making one.")
    var list = false

    @Flag(help: "JSON instead of text.")
    var json = false

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        try await StoreCommand.run(options) { store in
            guard list else { return try show([try await store.backUp(to: to)], isNew: true) }
            try show(try await store.backups(in: to), isNew: false)
        }
    }

    private func show(_ backups: [VerifiedBackup], isNew: Bool) throws {
        let lines = backups.map(BackupLine.init)
        if json { return Standard.output(isNew ? try JSONOutput.text(lines.first) : try JSONOutput.text(lines)) }
        if !isNew, backups.isEmpty { Standard.note("no verified backup yet") }
        for line in lines {
            if isNew { Standard.note(line.facts) }
            Standard.output(isNew ? line.path : "\(line.name)\t\(line.facts)")
        }
    }
}

/// One backup as it is printed.
struct BackupLine: Encodable {
    let name: String
    let path: String
    let time: String
    let reason: String
    let version: String
    let epoch: String?
    let rows: Int
    let bytes: Int64
    let milliseconds: Int64

    init(_ backup: VerifiedBackup) {
        let manifest = backup.manifest
        (name, path, bytes) = (backup.name, backup.path, backup.bytes)
        (time, reason, version, epoch) = (manifest.time, manifest.reason.name, manifest.version, manifest.epoch)
        (rows, milliseconds) = (manifest.rows, manifest.milliseconds)
    }

    var facts: String { "\(rows) rows, \(ByteText.write(bytes)), verified in \(milliseconds) ms, by version \(version)" }
}
