import ArgumentParser
import Assembly
import Logging
import Storage

/// `switchboard migrate …`: the database's schema.
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "The database's schema: what is pending, what ran, whether it is as it should be.",
        discussion:
            "`serve` runs what is pending by itself, after a verified backup. These commands look first, or do it apart from a start.",
        subcommands: [PlanMigrations.self, ApplyMigrations.self, MigrationState.self, VerifySchema.self])
}

/// `switchboard migrate plan`.
struct PlanMigrations: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Rehearse what is pending on a copy of the database; change nothing.",
        discussion: "Works beside a running server. Exit codes: 0, or what `migrate apply` would end with.")

    @Flag(help: "JSON instead of text.")
    var json = false

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        try await StoreCommand.run(options) { store in
            let report = try await QuietThread.run { try store.inspection().plan() }
            Standard.output(json ? try JSONOutput.text(report) : report.text)
            if let failure = report.rehearsal?.failure { throw PlanFailure(failure) }
        }
    }
}

/// `switchboard migrate apply`.
struct ApplyMigrations: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply", abstract: "Back up, then run what is pending. The server must not be running.",
        discussion: "All of it in one transaction: when anything fails the database is as it was (exit code 80).")

    @Flag(help: "JSON instead of text.")
    var json = false

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        try await StoreCommand.run(options, least: .notice) { store in
            let ran = try await store.apply()
            if json { return Standard.output(try JSONOutput.text(["applied": ran])) }
            Standard.output(ran.isEmpty ? "nothing is pending" : ran.joined(separator: "\n"))
        }
    }
}

/// `switchboard migrate status`.
struct MigrationState: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show the history of migrations and check its chain of sums.")

    @Flag(help: "JSON instead of text.")
    var json = false

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        try await StoreCommand.run(options) { store in
            let status = try await QuietThread.run { try store.inspection().status() }
            Standard.output(json ? try JSONOutput.text(status) : status.text)
        }
    }
}

/// `switchboard migrate verify`.
struct VerifySchema: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Compare the schema with what its migrations make; show every difference.",
        discussion: "Exit codes: 0 when nothing is in the program's way (something extra is shown and left alone), 81 when something is.")

    @Flag(help: "JSON instead of text.")
    var json = false

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        try await StoreCommand.run(options) { store in
            let found = try await QuietThread.run { try store.inspection().verify() }
            Standard.output(json ? try JSONOutput.text(found) : found.text)
            guard found.isWell else { throw HouseExit.needsPerson }
        }
    }
}

/// A rehearsal that failed: `migrate apply` would end as this does.
struct PlanFailure: Error {
    let sentence: String

    init(_ sentence: String) {
        self.sentence = sentence
    }
}
