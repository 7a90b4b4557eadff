import ArgumentParser
import Supervision

/// The program. A server is two processes: which of them this is has to be known before anything else happens, as the supervisor knows
/// nothing of the rest.
@main
enum Program {
    static func main() async {
        if Supervision.isWanted(CommandLine.arguments) { Supervision.run(CommandLine.arguments) }
        await Switchboard.main()
    }
}
