import ArgumentParser
import Assembly
import Logging

/// `switchboard serve`.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Serve the desk until SIGTERM or SIGINT.")

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        try await Self.serve(.both, options: options) { "Open \($0) in a browser." }
    }

    /// Opens the house and serves these jobs until it is told to stop.
    static func serve(_ jobs: HouseJobs, options: SettingsOptions, announcing: @escaping @Sendable (String) -> String) async throws {
        let settings = try options.begin()
        do {
            let house = try await House.open(settings, mayChangeHouseKey: true, logger: Logger(label: "switchboard"))
            do {
                try await house.serve(jobs) { address in Standard.output(announcing(address)) }
                await house.close()
            } catch {
                await house.close()
                throw error
            }
        } catch {
            throw Refusal.exit(for: error)
        }
    }
}
