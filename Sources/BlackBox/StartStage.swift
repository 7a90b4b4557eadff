/// How far a worker's start has come. The numbers are those of evidence and exit codes: never used for something else.
package enum StartStage: Int, Sendable, CaseIterable, Comparable {
    case fingerprint = 0
    case configuration, secrets, ports, storage, migrations, warm, listen, ready, background

    /// As in evidence, on the channel and for people.
    package var name: String { "\(self)" }

    package static func < (left: StartStage, right: StartStage) -> Bool { left.rawValue < right.rawValue }
}
