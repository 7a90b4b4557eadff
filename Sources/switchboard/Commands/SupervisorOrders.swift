import ArgumentParser
import Assembly
import FoundationEssentials
import Settings
import Supervision

/// `switchboard status`.
struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show how the server is: one JSON object.")

    @Flag(help: "Say nothing; end with 0 when it serves and 75 when it doesn't: for health checks of containers.")
    var ready = false

    @OptionGroup var options: SettingsOptions

    /// What of the answer decides.
    private struct Mode: Decodable {
        let mode: String
    }

    func run() async throws {
        let answer = try SupervisorOrders.ask("status", options: options)
        guard ready else { return Standard.output(try withInstances(answer)) }
        guard let found = try? JSONDecoder().decode(Mode.self, from: Data(answer.utf8)), found.mode == "serving" else {
            throw HouseExit.later
        }
    }

    /// Who else works on the database is the worker's to know.
    private func withInstances(_ answer: String) throws -> String {
        let settings = try options.load()
        guard settings.databaseServer != nil, answer.hasSuffix("}"),
            let shared = RunningInstances.read(directory: settings[HouseSettings.dataDirectory])
        else { return answer }
        return answer.dropLast() + ",\"shared\":\(shared)}"
    }
}

/// `switchboard restart`.
struct Restart: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Start the server anew without turning anybody away; it takes changed settings.",
        discussion: "The new worker is made ready first; if it can't start, the old one goes on and this ends with 83.")

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        try SupervisorOrders.order(.restart, options: options, refusal: ExitCode(83))
    }
}

/// `switchboard drain`.
struct Drain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Let the data directory go, for maintenance: a page answers until `switchboard resume`.")

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        try SupervisorOrders.order(.drain, options: options)
    }
}

/// `switchboard resume`.
struct Resume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Serve again: after `drain`, or after an incident that was put right.")

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        try SupervisorOrders.order(.resume, options: options)
    }
}

/// `switchboard stop`.
struct Stop: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Stop the server; it ends with 0.")

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        try SupervisorOrders.order(.stop, options: options)
    }
}

/// `switchboard reload`.
struct Reload: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Read certificates and the log level again, at once; `restart` takes all settings.")

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        try SupervisorOrders.order(.reload, options: options)
    }
}

/// `switchboard level debug 900`.
struct Level: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show more or less in the log, while the server runs.")

    @Argument(help: "trace, debug, info, notice, warning, error or critical.")
    var level: HouseSettings.Level

    @Argument(help: "Seconds after which the level before it is back; 0: for good.")
    var seconds: Int = 900

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        try SupervisorOrders.order(.level(level.rawValue, seconds: seconds > 0 ? seconds : nil), options: options)
    }
}

extension HouseSettings.Level: ExpressibleByArgument {}

/// Orders to the supervisor that runs on the data directory.
enum SupervisorOrders {
    /// What it answers.
    private struct Answer: Decodable {
        let done: Bool
        let text: String
    }

    static func order(_ order: Order, options: SettingsOptions, refusal: ExitCode = HouseExit.taken) throws {
        let reply = try ask(OrderText.write(order), options: options)
        guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(reply.utf8)) else {
            Standard.error("the server ended before it answered: look at its log")
            throw HouseExit.taken
        }
        guard answer.done else {
            Standard.error(answer.text)
            throw refusal
        }
        Standard.output(answer.text)
    }

    /// - Throws: exit code 69 where no server runs.
    static func ask(_ line: String, options: SettingsOptions) throws -> String {
        let settings = try options.load()
        let directory = settings[HouseSettings.dataDirectory]
        guard let reply = SupervisorCall.send(line, directory: directory) else {
            Standard.error("no supervised server runs on the data directory \(directory)")
            throw HouseExit.taken
        }
        return String(reply.prefix { $0 != "\n" })
    }
}
