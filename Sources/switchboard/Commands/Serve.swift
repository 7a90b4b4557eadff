import ArgumentParser
import Assembly
import Logging

/// `switchboard serve`.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Serve the desk until SIGTERM or SIGINT.")

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        let settings = try options.begin()
        do {
            let house = try await House.open(settings, logger: Logger(label: "switchboard"))
            try await serve(house)
        } catch {
            throw Refusal.exit(for: error)
        }
    }

    private func serve(_ house: House) async throws {
        do {
            try await house.serve { address in Standard.output("Open \(address) in a browser.") }
            await house.close()
        } catch {
            await house.close()
            throw error
        }
    }
}
