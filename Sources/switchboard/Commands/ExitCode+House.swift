import ArgumentParser

/// How the program ends, by sysexits(3): one table, also in docs/operations.md.
enum HouseExit {
    static let data = ExitCode(65)
    static let missing = ExitCode(66)
    static let taken = ExitCode(69)
    static let internalError = ExitCode(70)
    static let cannotCreate = ExitCode(73)
    static let disk = ExitCode(74)
    static let later = ExitCode(75)
    static let permission = ExitCode(77)
    static let configuration = ExitCode(78)
    static let rolledBack = ExitCode(80)
    static let needsPerson = ExitCode(81)
    static let notReady = ExitCode(83)
    static let newer = ExitCode(85)
}
