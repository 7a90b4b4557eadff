import CLinux
import Glibc

/// The program as a supervisor: what `switchboard serve` and `switchboard proxy` are unless they are told otherwise.
package enum Supervision {
    /// Verbs that are supervised.
    private static let verbs: Set<String> = ["serve", "proxy"]
    /// With one of these a verb is not a start, or not a supervised one.
    private static let exceptions: Set<String> = ["--unsupervised", "--help", "-h", "--version", "-help", "--help-hidden"]

    /// Whether these arguments (the program's name first) ask for a supervised server.
    package static func isWanted(_ arguments: [String]) -> Bool {
        guard let verb = arguments.dropFirst().first, verbs.contains(verb) else { return false }
        return !arguments.contains(where: exceptions.contains)
    }

    /// Supervises until it is told to stop; then ends this process. Before anything else happens in it: no thread may run yet.
    package static func run(_ arguments: [String]) -> Never {
        let verb = arguments.dropFirst().first ?? "serve"
        let options = Array(arguments.dropFirst(2))
        _ = Program.name
        clinux_close_on_exec_from(3)
        clinux_subreaper()
        guard let signals = SignalWait() else { refuse("the system gives no descriptor for signals", 71) }
        let plan = resolve(verb, options)
        let ports = openPorts(plan)
        switch Supervisor(verb: verb, options: options, plan: plan, ports: ports, signals: signals).run() {
        case .exit(let code): exit(code)
        case .signal(let number): SignalWait.raiseAgain(number)
        }
    }

    private static func resolve(_ verb: String, _ options: [String]) -> WorkerPlan {
        switch PlanChild.start(verb: verb, options: options).map({ $0.wait() }) {
        case .failure(let failure): refuse("no process can be started: \(failure)", 71)
        // It has said itself what is wrong.
        case .success(.refused(let code)): exit(code)
        case .success(.planned(let plan)): return plan
        }
    }

    private static func openPorts(_ plan: WorkerPlan) -> [OpenPort] {
        let given = OpenPort.inherited(plan.ports)
        return plan.ports.enumerated().map { place, wanted in
            if let port = given[place] { return port }
            do throws(PortFailure) {
                return try OpenPort.open(wanted)
            } catch {
                if access(plan.dataDirectory, W_OK) == 0 {
                    EvidenceFolder(path: plan.crashes).writeRefusal(
                        code: error.exitCode, stage: WorkerStage(number: 3, name: "ports"), sentence: error.sentence)
                }
                refuse(error.sentence, error.exitCode)
            }
        }
    }

    private static func refuse(_ sentence: String, _ code: Int32) -> Never {
        Journal.write("switchboard: \(sentence)\n", to: STDERR_FILENO)
        exit(code)
    }
}
