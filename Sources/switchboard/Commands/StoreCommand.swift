import ArgumentParser
import Assembly
import FoundationEssentials
import Logging

/// What the commands about the data directory have in common.
enum StoreCommand {
    /// Runs `body` and ends with the exit code that fits what it throws.
    static func run(
        _ options: SettingsOptions, least: Logger.Level = .warning, _ body: (HouseStore) async throws -> Void
    ) async throws {
        let settings = try options.begin(least: least)
        do {
            try await body(HouseStore(settings, logger: Logger(label: "command")))
        } catch let code as ExitCode {
            throw code
        } catch let failure as PlanFailure {
            Standard.error("the rehearsal failed, nothing was changed: \(failure.sentence)")
            throw HouseExit.rolledBack
        } catch {
            throw Refusal.exit(for: error)
        }
    }
}

/// Answers for programs.
enum JSONOutput {
    static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
