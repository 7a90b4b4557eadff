import BlackBox
import Storage

/// Faults made on purpose, for tests of what a server does when it dies: only in debug builds, and only when it's told to.
enum Faults {
    /// `SWITCHBOARD_FAULT=trap:<stage>` ends the process when the start comes to that stage, `hang:<stage>` stops it there (the supervisor's
    /// patience may follow: `hang:<stage>:<milliseconds>`), `refuse:<stage>:<exit code>` refuses it there, `mute:ready` leaves the server's
    /// request to itself without an answer.
    /// - Parameter refuse: told of a refusal's code and sentence before the process ends with it.
    static func enter(_ stage: StartStage, refuse: (Int32, String) -> Void = { _, _ in }) {
        #if DEBUG
            DebugFaults.enter(stage, refuse: refuse)
        #endif
    }

    /// `SWITCHBOARD_FAULT=next:<what>` makes a program of the release to come: `expand` only adds something to the schema, `contract` takes
    /// something away, `slow` takes long over it, `stuck` stands still at it (the supervisor's patience may follow: `next:<what>:<milliseconds>`).
    static func nextRelease(_ schemas: [Schema]) -> [Schema] {
        #if DEBUG
            return DebugNextRelease.schemas(after: schemas)
        #else
            return schemas
        #endif
    }

    /// For `next:stuck`.
    @Sendable static func migrating(_ boundary: MigrationBoundary) {
        #if DEBUG
            DebugNextRelease.migrating(boundary)
        #endif
    }

    /// `SWITCHBOARD_FAULT=part:<name>` ends the process whenever that optional part begins to work.
    static func work(_ part: OptionalPart) {
        #if DEBUG
            DebugFaults.work(part)
        #endif
    }
}
