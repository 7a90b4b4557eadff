package import BlackBox
package import Supervision
import Synchronization

/// What takes a server from its start to its end: its supervisor, or without one a signal.
package final class WorkerLife: Sendable {
    /// How the server is to go.
    package enum Departure: Hashable, Sendable {
        /// In its own time: whoever is here is seen to the end.
        case drain
        /// Quickly: another one waits for the data. Streams that don't need it may go on.
        case handover
        /// Quickly, streams and all: the supervisor is gone, and the next one knows nothing of us.
        case orphaned
    }

    /// In what surroundings the data is opened.
    package struct Opening: Hashable, Sendable {
        /// Nobody has served since the program started.
        package var isFirst = true
        /// The worker before this one has let the data go, but still carries streams.
        package var isBeside = false
    }

    private struct State {
        var opening: Opening?
        var waiting: CheckedContinuation<Opening, Never>?
        var isAlone = false
        var off: Set<OptionalPart> = []
        var waitingAlone: [AsyncStream<Never>.Continuation] = []
        /// The last order to go.
        var departure: Departure?
        var depart: AsyncStream<Departure>.Continuation?
        var reload: (@Sendable () -> Void)?
        var level: (@Sendable (String, Int?) -> Void)?
    }

    /// Whether somebody holds the ports for us and starts the next one.
    package var isSupervised: Bool { post != nil }

    private let post: WorkerPost?
    private let state = Mutex(State())

    /// - Parameter post: the line to the supervisor; nil without one.
    package init(post: WorkerPost? = nil) {
        self.post = post
    }

    /// Begins to hear the supervisor.
    package func begin() {
        post?.listen { [self] in hear($0) }
    }

    // Saying

    /// The start has come to this stage: into the black box, and to the supervisor.
    package func enter(_ stage: StartStage) {
        BlackBox.writer.enter(stage)
        post?.say(.stage(WorkerStage(number: stage.rawValue, name: stage.name)))
        Faults.enter(stage) { refuse($0, $1) }
    }

    /// Everything is done that can be done without the data directory; returns when that is free.
    package func untilFree() async -> Opening {
        guard let post else { return Opening() }
        post.say(.prepared)
        return await withCheckedContinuation { continuation in
            let known = state.withLock { state in
                if state.opening == nil { state.waiting = continuation }
                return state.opening
            }
            if let known { continuation.resume(returning: known) }
        }
    }

    /// Returns when every worker before this one has ended, or the task is cancelled: this one may have to go before them.
    package func untilAlone() async {
        let (stream, continuation) = AsyncStream.makeStream(of: Never.self)
        let isAlone = state.withLock { state in
            if !state.isAlone { state.waitingAlone.append(continuation) }
            return state.isAlone
        }
        if isAlone { return }
        for await _ in stream {}
    }

    /// The orders to go from now on, for one listener at a time. The first may have come before anybody listened.
    /// - Parameter isNew: leaves out what came before.
    package func departures(isNew: Bool = false) -> AsyncStream<Departure> {
        let (stream, continuation) = AsyncStream.makeStream(of: Departure.self)
        state.withLock { state in
            state.depart = continuation
            if !isNew, let before = state.departure { continuation.yield(before) }
        }
        return stream
    }

    /// Whether the server has to go without this part. Known once the data may be opened.
    package func isOff(_ part: OptionalPart) -> Bool { state.withLock { $0.off.contains(part) } }

    /// What it has to go without, by name.
    package var partsOff: [String] { state.withLock { $0.off.map(\.rawValue) }.sorted() }

    /// The supervisor is gone.
    package var isOrphaned: Bool { state.withLock { $0.departure == .orphaned } }

    package func ready() {
        enter(.ready)
        post?.say(.ready)
        enter(.background)
    }

    /// - Parameter code: with which the process will end.
    package func refuse(_ code: Int32, _ sentence: String) {
        post?.say(.refused(code, sentence: sentence))
    }

    /// The data directory is let go.
    package func handed() {
        post?.say(.handed)
    }

    // Hearing

    /// What the supervisor's orders do while the server runs.
    package func follow(reload: @escaping @Sendable () -> Void, level: @escaping @Sendable (String, Int?) -> Void) {
        state.withLock { state in
            state.reload = reload
            state.level = level
        }
    }

    /// Somebody else than the supervisor wants us to end: with a supervisor the next worker is waiting for the data already.
    package func signalled() {
        guard let post else { return leave(.drain) }
        let isTold = state.withLock { $0.departure != nil }
        if !isTold { post.say(.draining) }
        leave(.handover)
    }

    /// Without a supervisor a signal may ask for it.
    package func reload() {
        state.withLock { $0.reload }?()
    }

    private func hear(_ order: WorkerPost.Order) {
        switch order {
        case .word(.open(let isFirst, let isBeside)): open(Opening(isFirst: isFirst, isBeside: isBeside))
        case .word(.alone): becomeAlone()
        case .word(.drain): leave(.drain)
        case .word(.handover): leave(.handover)
        // Whoever starts the next one wants port and data, and knows nothing of this one.
        case .lost:
            becomeAlone()
            leave(.orphaned)
        case .word(.reload): reload()
        case .word(.level(let name, let seconds)): state.withLock { $0.level }?(name, seconds)
        case .word(.quarantine(let input)): Quarantine.shared.hold(input.fingerprint, incident: input.incident)
        case .word(.off(let name)):
            guard let part = OptionalPart(rawValue: name) else { return }
            state.withLock { _ = $0.off.insert(part) }
        }
    }

    private func open(_ opening: Opening) {
        let waiting = state.withLock { state in
            state.opening = opening
            defer { state.waiting = nil }
            return state.waiting
        }
        waiting?.resume(returning: opening)
    }

    private func becomeAlone() {
        let waiting = state.withLock { state in
            state.isAlone = true
            defer { state.waitingAlone = [] }
            return state.waitingAlone
        }
        for one in waiting { one.finish() }
    }

    private func leave(_ departure: Departure) {
        state.withLock { state in
            state.departure = departure
            state.depart?.yield(departure)
        }
    }
}
