import ArgumentParser
import Assembly

/// Ends the command with the sentence and the exit code that fit an error.
enum Refusal {
    static func exit(for error: any Error) -> ExitCode {
        let refusal = StartRefusal(error)
        Standard.error(refusal.sentence)
        switch refusal.kind {
        case .configuration: return HouseExit.configuration
        case .taken: return HouseExit.taken
        case .storage: return HouseExit.cannotCreate
        case .data: return HouseExit.data
        case .unexpected: return HouseExit.internalError
        case .missing: return HouseExit.missing
        case .disk: return HouseExit.disk
        case .later: return HouseExit.later
        case .permission: return HouseExit.permission
        case .rolledBack: return HouseExit.rolledBack
        case .needsPerson: return HouseExit.needsPerson
        case .newer: return HouseExit.newer
        case .notReady: return HouseExit.notReady
        }
    }
}
