import ArgumentParser
import Assembly
import Logging
import Vocabulary

/// `switchboard setup`: what the set-up page does, without a browser.
struct SetUp: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "setup", abstract: "Make the workspace, its owner and the first shop.",
        discussion: "The password is read from standard input. Prints the shop's public key. The server must not be running.")

    @Option(help: "The workspace's name.")
    var workspace: String

    @Option(help: "The owner's e-mail address.")
    var owner: String

    @Option(help: "The owner's name; the part of the address before the @ when left out.")
    var ownerName: String?

    @Option(help: "The first shop's name.")
    var shop: String

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        let settings = try options.begin()
        Standard.errorPrompt("Password of \(owner): ")
        guard let password = Standard.readLine() else {
            Standard.error("no password on standard input")
            throw HouseExit.data
        }
        do {
            let house = try await House.open(settings, logger: Logger(label: "setup"))
            let key = try await found(house, password: password)
            await house.close()
            Standard.output(key)
        } catch {
            throw Refusal.exit(for: error)
        }
    }

    private func found(_ house: House, password: String) async throws -> String {
        let name = ownerName ?? String(owner.prefix { $0 != "@" })
        let founding = HouseFounding(workspace: workspace, ownerEmail: owner, ownerName: name, password: Secret(password), shop: shop)
        do {
            return try await house.found(founding)
        } catch {
            await house.close()
            throw error
        }
    }
}
