import ArgumentParser
import Assembly

/// `switchboard proxy`, when it is not supervised.
struct Proxy: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve the gateway alone: no desk, no console.",
        discussion:
            "On GATEWAY_PORT, or on HTTP_PORT and HTTPS_PORT when that is 0. Nodes and keys are managed by `switchboard node` and `switchboard key`."
    )

    @Flag(help: "One process alone, for debugging: nobody holds the port and starts it anew.")
    var unsupervised = false

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        try await Serving(jobs: .gateway, options: options).run(announcing: Self.announcement)
    }

    static func announcement(_ address: String) -> String {
        "The gateway is at \(address). For its clients: ANTHROPIC_BASE_URL=\(address) or OPENAI_BASE_URL=\(address)/v1"
    }
}
