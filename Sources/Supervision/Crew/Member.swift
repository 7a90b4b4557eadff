/// One worker, as far as the supervisor's decisions go.
package struct Member: Sendable, Equatable {
    package enum Role: String, Sendable {
        case serve, apology
    }

    package enum Phase: String, Sendable {
        case starting
        /// All is done that can be done without the data directory.
        case prepared
        case ready
    }

    /// Why it goes.
    package enum Leaving: String, Sendable {
        /// The program stops, or rests.
        case asked
        /// Another one takes over.
        case handover
        /// Somebody else told it to.
        case foreign
    }

    package let process: Int32
    package let role: Role
    package let startedAt: Int64
    package internal(set) var phase = Phase.starting
    package internal(set) var stage = WorkerStage.first
    package internal(set) var leaving: Leaving?
    /// What we killed it for: kept for its certificate.
    package internal(set) var killedFor: String?
    /// Milliseconds that its pulse had stood still when it was killed for that.
    var silent: Int64 = 0
    package internal(set) var refusal: String?
    var stageAt: Int64
    var isOpened = false
    var hasHanded = false
    /// When patience with its going ends.
    var leaveBy: Int64?
    /// When patience with its dying ends.
    var dieBy: Int64?

    init(process: Int32, role: Role, startedAt: Int64) {
        self.process = process
        self.role = role
        self.startedAt = startedAt
        stageAt = startedAt
    }
}
