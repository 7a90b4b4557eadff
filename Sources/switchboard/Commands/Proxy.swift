import ArgumentParser
import Assembly
import Logging

/// `switchboard proxy`.
struct Proxy: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve the gateway alone: no desk, no console.",
        discussion:
            "On GATEWAY_PORT, or on HTTP_PORT and HTTPS_PORT when that is 0. Nodes and keys are managed by `switchboard node` and `switchboard key`."
    )

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        try await Serve.serve(.gateway, options: options) {
            "The gateway is at \($0). For its clients: ANTHROPIC_BASE_URL=\($0) or OPENAI_BASE_URL=\($0)/v1"
        }
    }
}
