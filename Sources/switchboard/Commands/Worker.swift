import ArgumentParser
import Assembly
import BlackBox
import Crashes
import FoundationEssentials
import Logging
import Settings
import Supervision
import Telemetry

#if canImport(Glibc)
    import Glibc
#endif

/// `switchboard worker …`: what the supervisor starts. Not for people.
struct Worker: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "What the supervisor starts.", shouldDisplay: false,
        subcommands: [WorkerPlanning.self, WorkerServe.self, WorkerProxy.self, WorkerApology.self, WorkerCertify.self])

    /// Before anything is written anywhere.
    static func beBorn() {
        WorkerPost.keepDescriptors()
        guard WorkerPost.isConnected else { return }
        do {
            try BlackBox.adopt(descriptor: WorkerPost.boxDescriptor)
        } catch {
            Standard.error("the black box can't be used: \(error)")
        }
    }
}

/// The verbs that are supervised.
enum WorkerVerb: String, ExpressibleByArgument {
    case serve, proxy

    var jobs: HouseJobs { self == .serve ? .both : .gateway }
}

/// The kind of a port that the worker was born with.
enum WorkerPort: String, ExpressibleByArgument {
    case http, https
}

/// `switchboard worker plan serve …`: what the supervisor has to know of the settings, on descriptor 3.
struct WorkerPlanning: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "plan", shouldDisplay: false)

    @Argument var verb: WorkerVerb
    @OptionGroup var options: SettingsOptions

    func run() async throws {
        let settings = try options.load()
        do {
            let text = try HousePlan.make(settings, verb.jobs).text
            guard text.utf8.count <= WorkerPlan.limit else { throw HouseExit.configuration }
            Standard.write(text, to: 3)
        } catch let error as ExitCode {
            throw error
        } catch {
            throw Refusal.exit(for: error)
        }
    }
}

/// `switchboard worker serve …`: the house.
struct WorkerServe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "serve", shouldDisplay: false)

    @Option var port: [WorkerPort] = []
    @OptionGroup var options: SettingsOptions

    func run() async throws {
        Worker.beBorn()
        try await Serving(jobs: .both, options: options, ports: port).run { "Open \($0) in a browser." }
    }
}

/// `switchboard worker proxy …`: the gateway alone.
struct WorkerProxy: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "proxy", shouldDisplay: false)

    @Option var port: [WorkerPort] = []
    @OptionGroup var options: SettingsOptions

    func run() async throws {
        Worker.beBorn()
        try await Serving(jobs: .gateway, options: options, ports: port).run(announcing: Proxy.announcement)
    }
}

/// `switchboard worker apology …`: answers while nobody can serve.
struct WorkerApology: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "apology", shouldDisplay: false)

    @Option var verb = WorkerVerb.serve
    @Option var incident = ""
    @Option var port: [WorkerPort] = []
    @OptionGroup var options: SettingsOptions

    func run() async throws {
        Worker.beBorn()
        let life = WorkerLife(post: WorkerPost.isConnected ? WorkerPost() : nil)
        life.begin()
        let settings = try options.begin()
        let name = incident.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
        do {
            try await StandIn.serve(
                settings, verb.jobs, incident: name, given: port.map { $0 == .https }, life: life, logger: Logger(label: "stand-in"))
        } catch {
            throw Refusal.exit(for: error)
        }
    }
}

/// `switchboard worker certify DIR`: the evidence of an end becomes a certificate.
struct WorkerCertify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "certify", shouldDisplay: false)

    @Argument var directory: String

    func run() async throws {
        _ = try Coroner.certify(directory: directory)
    }
}
