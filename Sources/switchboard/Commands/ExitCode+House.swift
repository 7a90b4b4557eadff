import ArgumentParser

/// How the program ends, by sysexits(3): one table, also in docs/operations.md.
enum HouseExit {
    static let data = ExitCode(65)
    static let taken = ExitCode(69)
    static let internalError = ExitCode(70)
    static let cannotCreate = ExitCode(73)
    static let configuration = ExitCode(78)
}
