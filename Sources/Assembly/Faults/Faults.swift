import BlackBox

/// Faults made on purpose, for tests of what a server does when it dies: only in debug builds, and only when it's told to.
enum Faults {
    /// `SWITCHBOARD_FAULT=trap:<stage>` ends the process when the start comes to that stage, `hang:<stage>` stops it there.
    static func enter(_ stage: StartStage) {
        #if DEBUG
            DebugFaults.enter(stage)
        #endif
    }
}
