import ArgumentParser
import Assembly

/// The program: one subcommand a file.
@main
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
            Serve.self, SetUp.self, ShowConfiguration.self, PracticeNodeCommand.self, Proxy.self, NodeCommand.self, KeyCommand.self,
        ])
}
