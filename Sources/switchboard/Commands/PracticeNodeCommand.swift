import ArgumentParser
import Dispatch
import PracticeNode

#if canImport(Glibc)
    import Glibc
#endif

/// `switchboard practice-node`.
struct PracticeNodeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "practice-node", abstract: "A model node that costs nothing and fails when told to.",
        discussion: """
            It speaks Anthropic's and OpenAI's protocols and echoes facts instead of thinking. docs/practice-node.md has its faults and its \
            control routes; they are: \(Fault.usages.joined(separator: ", ")).
            """)

    @Option(help: "Its name, shown in answers and ids: letters, digits and hyphens.")
    var name = "practice"

    @Option(help: "The address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "The port; 0: any free one.")
    var port = 9100

    @Option(help: "The credential that clients must show; none is asked for when left out.")
    var key: String?

    @Option(help: "What goes wrong with every request that no script is for.")
    var fault: Fault = .none

    @Option(help: "A PEM file with a certificate: the node then speaks TLS.")
    var tlsCert: String?

    @Option(help: "A PEM file with the certificate's key.")
    var tlsKey: String?

    @Option(help: "A model that it serves (repeat it for several); every name when left out.")
    var model: [String] = []

    @Flag(help: "Let the header x-practice-fault choose a request's fault.")
    var allowFaultHeader = false

    @Flag(help: "Fixed answers, as cheap as possible: the upstream of benchmarks.")
    var benchmark = false

    @Option(help: "The time between two events of a benchmark's stream; all at once when left out.")
    var paceMs: Int?

    @Option(help: "Threads that serve.")
    var threads = 1

    func run() async throws {
        // Before a thread starts: a signal may come as soon as the address is printed.
        let end = SignalWait([SIGTERM, SIGINT])
        do throws(PracticeNodeError) {
            let node = try PracticeNode(nodeConfiguration)
            let address = try await node.start()
            Standard.output("Practice node \(name) listens on \(address)")
            await end.wait()
            await node.stop()
        } catch {
            Standard.error(error.description)
            throw error.exit
        }
    }

    private var nodeConfiguration: PracticeNodeConfiguration {
        var configuration = PracticeNodeConfiguration(name: name)
        configuration.host = host
        configuration.port = port
        configuration.key = key
        configuration.fault = fault
        configuration.certificateFile = tlsCert
        configuration.keyFile = tlsKey
        configuration.models = model
        configuration.allowsFaultHeader = allowFaultHeader
        configuration.isBenchmark = benchmark
        configuration.benchmarkPace = paceMs
        configuration.threads = threads
        return configuration
    }
}

extension Fault: ExpressibleByArgument {
    /// Nil when no fault is written like that.
    public init?(argument: String) {
        do { try self.init(argument) } catch { return nil }
    }
}

extension PracticeNodeError {
    fileprivate var exit: ExitCode {
        switch self {
        case .listening: HouseExit.taken
        default: HouseExit.configuration
        }
    }
}

/// Waits for the first of some signals, which no longer end the process by themselves.
private final class SignalWait {
    private let arrivals: AsyncStream<Void>
    private let sources: [any DispatchSourceSignal]

    init(_ signals: [Int32]) {
        let (arrivals, continuation) = AsyncStream.makeStream(of: Void.self)
        self.arrivals = arrivals
        sources = signals.map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { continuation.yield() }
            source.resume()
            return source
        }
    }

    func wait() async {
        for await _ in arrivals { return }
    }
}
