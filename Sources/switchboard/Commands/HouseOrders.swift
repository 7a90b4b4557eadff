import Settings
import ArgumentParser
import Assembly
import FoundationEssentials
import Logging

/// Carries an order out: by the server that runs on the data directory, else by this process itself.
enum HouseOrders {
    static func carryOut(_ order: HouseOrder, options: SettingsOptions) async throws {
        let settings = try options.begin(least: .warning)
        let directory = settings[HouseSettings.dataDirectory]
        if let answer = ControlCall.send(order, directory: directory) { return try show(answer) }
        do {
            let house = try await House.open(settings, logger: Logger(label: "command"))
            let answer = await house.carryOut(order)
            await house.close()
            try show(answer)
        } catch let error as ExitCode {
            throw error
        } catch {
            // The server may have been between taking the directory and opening its socket.
            if let answer = try await secondCall(order, directory: directory, after: error) { return try show(answer) }
            throw Refusal.exit(for: error)
        }
    }

    private static func secondCall(_ order: HouseOrder, directory: String, after error: any Error) async throws -> HouseAnswer? {
        guard StartRefusal(error).kind == .taken else { return nil }
        for _ in 0..<30 {
            if let answer = ControlCall.send(order, directory: directory) { return answer }
            try await Task.sleep(for: .milliseconds(100))
        }
        return nil
    }

    private static func show(_ answer: HouseAnswer) throws {
        for note in answer.notes { Standard.note(note) }
        for line in answer.output { Standard.output(line) }
        guard let refusal = answer.refusal else { return }
        Standard.error(refusal)
        throw HouseExit.data
    }
}
