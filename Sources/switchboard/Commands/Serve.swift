import ArgumentParser
import Assembly

/// `switchboard serve`, when it is not supervised: the supervisor never comes here.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve the desk until SIGTERM or SIGINT.",
        discussion: "A supervisor holds the ports and starts a worker, which it starts anew whenever that ends; docs/operations.md.")

    @Flag(help: "One process alone, for debugging: nobody holds the port and starts it anew.")
    var unsupervised = false

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        try await Serving(jobs: .both, options: options).run { "Open \($0) in a browser." }
    }
}
