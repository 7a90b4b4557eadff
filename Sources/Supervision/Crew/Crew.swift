/// Which worker serves, which comes and which goes: everything that the supervisor decides, without a process or a clock.
///
/// It is told what happened and answers with what is to be done. Times are milliseconds of CLOCK_MONOTONIC.
package struct Crew: Sendable {
    /// What the program is for at the moment.
    package enum Goal: Sendable, Equatable {
        case serve
        /// `switchboard drain`: nobody works on the data, a page says so, until `resume`.
        case rest
        case stop(Ending)
    }

    /// How the program itself ends.
    package enum Ending: Sendable, Equatable {
        case exit(Int32)
        /// With its default action, so that who waits for us sees the truth.
        case signal(Int32)
    }

    /// Why nobody serves.
    package struct Incident: Sendable, Equatable {
        package var id: String
        package var reason: String
        package var since: Int64
    }

    package internal(set) var members: [Int32: Member] = [:]
    package internal(set) var goal = Goal.serve
    package internal(set) var incident: Incident?
    /// Somebody has served since the program started.
    package internal(set) var hasServed = false
    package internal(set) var deaths = 0
    /// The one that ended last, as it was.
    package internal(set) var lastEnded: Member?
    package internal(set) var quarantine = HeldInputs()
    /// Safe mode's first level: what workers go without.
    package internal(set) var parts = PartSuspects()

    var backoff = Backoff()
    var apologyBackoff = Backoff()
    var loop = CrashLoop()
    /// When to start a worker, when one is due.
    var startAt: Int64?
    var apologyAt: Int64?
    /// When an incident is tried to be over.
    var retryAt: Int64?
    var restart: Restart?
    /// Workers are of another release than the supervisor: there is one to go back to.
    var hasOtherProgram = false
    /// Milliseconds that the plan gives connections to end.
    package var drain: Int64
    var dice: @Sendable () -> Double
    var makeID: @Sendable () -> String

    /// A restart that somebody asked for.
    struct Restart: Sendable {
        var tag: Int?
        /// The worker that is to take over; nil until it was started.
        var successor: Int32?
    }

    /// Milliseconds until an incident is tried to be over without anybody asking.
    package static let incidentTime: Int64 = 600_000

    package init(drain: Int64, dice: @escaping @Sendable () -> Double, makeID: @escaping @Sendable () -> String) {
        self.drain = drain
        self.dice = dice
        self.makeID = makeID
    }

    /// The start of everything.
    package mutating func begin(at now: Int64) -> [Action] {
        [.spawn(.serve)]
    }

    /// Who works on the data directory or is about to.
    var holder: Member? {
        members.values.first { $0.role == .serve && $0.isOpened && !$0.hasHanded }
    }

    /// A worker that has let the data go and still carries streams.
    var isSomebodyRelaying: Bool {
        members.values.contains { $0.role == .serve && $0.hasHanded }
    }

    /// Who is to serve: started, and not told to go.
    var server: Member? {
        members.values.filter { $0.role == .serve && $0.leaving == nil }.min { $0.startedAt < $1.startedAt }
    }

    var hasApology: Bool {
        members.values.contains { $0.role == .apology && $0.leaving == nil }
    }

    /// Deaths without ten good minutes between them.
    package var deathsInRow: Int { backoff.failures }

    /// As `status` names it.
    package var mode: String {
        switch goal {
        case .stop: "stopping"
        case .rest: "drained"
        case .serve where members.values.contains { $0.role == .serve && $0.phase == .ready && $0.leaving == nil }: "serving"
        case .serve: incident == nil ? "starting" : "apology"
        }
    }
}
