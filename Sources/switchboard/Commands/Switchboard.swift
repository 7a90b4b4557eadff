import ArgumentParser
import Assembly

/// The commands: one a file.
struct Switchboard: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "switchboard",
        abstract: "A live customer-service desk on your own server.",
        discussion: """
            Every setting is taken from flags (--http-port 8080), the environment (HTTP_PORT=8080), .env, and a JSON file, in this order. \
            `switchboard config` shows them all.
            """,
        version: House.version,
        subcommands: [
            Worker.self, Serve.self, Status.self, Restart.self, Drain.self, Resume.self, Stop.self, Reload.self, Level.self, SetUp.self,
            ShowConfiguration.self, PracticeNodeCommand.self, Proxy.self, NodeCommand.self, KeyCommand.self, WhyCommand.self,
            MigrateCommand.self, StorageCommand.self,
            BackupCommand.self, RestoreCommand.self, DoctorCommand.self, BundleCommand.self, VersionCommand.self,
        ])
}
