import Bus
import Logging
import Routing
import ServiceLifecycle
import Storage
import Synchronization
import Vocabulary

/// Shares the limits of keys with the other instances: asks the database for more when what this instance has does not reach, and gives back
/// what it does not use. One write at a time, for all that wait.
///
/// The reasons are in docs/decisions/0016-shared-limits.md.
final class LimitShares: Service, CustomStringConvertible {
    /// Between two tries while others hold what is lacking and don't use it: they are told, and give it back. What they hold for running
    /// requests may have become free since they last told: the first three tries, longer than `tellPeriod` together, are for that too.
    static let returns: [Duration] = [.milliseconds(20), .milliseconds(60), .milliseconds(150), .milliseconds(600), .milliseconds(600)]
    private static let triesForRunning = 3
    /// Between two times at which what has changed is written.
    static let tellPeriod = Duration.milliseconds(200)
    /// What nothing was taken of for so long goes back.
    static let idleTime = Duration.seconds(2)

    private let database: any Database
    private let control: TrafficControl
    private let duty: SharedDuty
    /// How long a request waits for its answer in all.
    private let patience: Duration
    private let clock: any WallClock
    private let announce: @Sendable (Bell) -> Void
    private let logger: Logger
    private let line = Mutex<[ShareWaiter]>([])
    private let kicks: AsyncStream<Void>
    private let kick: AsyncStream<Void>.Continuation

    /// As the log of services names it.
    var description: String { "gateway.limits" }

    init(
        _ database: any Database, control: TrafficControl, duty: SharedDuty, patience: Duration, clock: any WallClock,
        announce: @escaping @Sendable (Bell) -> Void, logger: Logger
    ) {
        self.database = database
        self.control = control
        self.duty = duty
        self.patience = patience
        self.clock = clock
        self.announce = announce
        self.logger = logger
        (kicks, kick) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            await withTaskGroup { group in
                group.addTask { [self] in
                    while (try? await Task.sleep(for: Self.tellPeriod)) != nil { kick.yield() }
                }
                group.addTask { [self] in
                    for await _ in kicks { await exchange() }
                }
                await group.waitForAll()
            }
        }
        // Requests have ended by now: all of it goes back.
        control.letGo()
        await exchange()
    }

    /// Somebody lacks what this instance may hold and not use.
    func letGo() async {
        control.letGo()
        kick.yield()
    }

    /// A place for a request within the key's limits, over all instances. Nil: it could not be told in time.
    ///
    /// Ends early when its task is cancelled; a place that comes too late is given back.
    func obtain(_ key: GatewayKey, _ estimate: KeyUse) async -> Result<KeyLimits.Reservation, LimitRefusal>? {
        let end = ContinuousClock.now + patience
        var tries = 0
        while true {
            guard let answer = await ask(key, estimate, until: end) else { return nil }
            switch answer {
            case .admitted(let reservation): return .success(reservation)
            case .refused(let refusal, let hope):
                let most = hope == .none ? 0 : hope == .running ? Self.triesForRunning : Self.returns.count
                guard tries < most else { return .failure(refusal) }
                await tellOthers()
                guard (try? await Task.sleep(for: Self.returns.dropFirst(tries).first ?? .zero)) != nil else { return nil }
                tries += 1
            }
        }
    }

    /// A bell for who hears it, a mark for who does not.
    private func tellOthers() async {
        _ = try? await database.write { try ChangeMarks.note(.limits, on: $0) }
        announce(.budgetMoved)
    }

    private func ask(_ key: GatewayKey, _ estimate: KeyUse, until end: ContinuousClock.Instant) async -> ShareWaiter.Answer? {
        let waiter = ShareWaiter(key: key, estimate: estimate)
        let timer = Task {
            try? await Task.sleep(until: end, clock: .continuous)
            waiter.give(nil)
        }
        defer { timer.cancel() }
        control.noteWaiting(for: key.id, 1)
        defer { control.noteWaiting(for: key.id, -1) }
        line.withLock { $0.append(waiter) }
        kick.yield()
        let answer = await withTaskCancellationHandler {
            await waiter.answer()
        } onCancel: {
            waiter.give(nil)
        }
        return answer
    }

    private var now: ClockReading { Health.reading(clock) }

    /// One write: what has changed, and what those in line need.
    func exchange() async {
        let waiters = line.withLock { line in
            defer { line = [] }
            return line.filter { !$0.isAnswered }
        }
        let now = now
        let asks = control.asks(of: waiters, at: now)
        guard !asks.isEmpty else { return }
        do {
            let store = ShareStore(me: duty.instance ?? .make(at: now.wall), silent: duty.silent, now: now.wall)
            let answers = try await database.write { try store.answer(asks, on: $0) }
            give(answers, to: asks, waiters)
        } catch {
            logger.warning("limits could not be shared with the other instances; tried again", metadata: ["error": "\(error)"])
            for waiter in waiters { waiter.give(nil) }
        }
    }

    private func give(_ answers: [ShareAnswer], to asks: [ShareAsk], _ waiters: [ShareWaiter]) {
        let waiting = Dictionary(grouping: waiters, by: \.key.id)
        for (ask, answer) in zip(asks, answers) {
            control.hear(answer, of: ask.key)
            for (waiter, refused) in zip(waiting[ask.key] ?? [], answer.refused) {
                let verdict = refused.map { ShareWaiter.Answer.refused($0.0.refusal(at: now.wall), hope: $0.hope) }
                let given = verdict ?? control.admitGranted(waiter.key, waiter.estimate, at: now)
                guard !waiter.give(given), case .admitted(let reservation) = given else { continue }
                // It has left meanwhile.
                control.settle(reservation, of: ask.key, used: nil, at: now)
            }
        }
    }

    /// By whoever looks after what nobody needs any more.
    func forget() async throws {
        guard duty.holds(.chores) else { return }
        try await database.write { [now = clock.now()] in try ShareStore.forget(at: now, on: $0) }
    }
}

/// A request in line for a part of its key's limits. Answered once.
final class ShareWaiter: Sendable {
    enum Answer: Sendable {
        case admitted(KeyLimits.Reservation)
        case refused(LimitRefusal, hope: ShareHope)
    }

    private enum State {
        case waiting(CheckedContinuation<Answer?, Never>?)
        case answered(Answer?)
    }

    let key: GatewayKey
    let estimate: KeyUse
    private let state = Mutex(State.waiting(nil))

    init(key: GatewayKey, estimate: KeyUse) {
        self.key = key
        self.estimate = estimate
    }

    var isAnswered: Bool {
        state.withLock { if case .answered = $0 { true } else { false } }
    }

    /// Nil: it waits no longer.
    func answer() async -> Answer? {
        await withCheckedContinuation { continuation in
            let given = state.withLock { state -> Answer?? in
                if case .answered(let answer) = state { return .some(answer) }
                state = .waiting(continuation)
                return nil
            }
            if let given { continuation.resume(returning: given) }
        }
    }

    /// - Returns: false when it had been answered, or had left.
    @discardableResult
    func give(_ answer: Answer?) -> Bool {
        let (isFirst, continuation) = state.withLock { state -> (Bool, CheckedContinuation<Answer?, Never>?) in
            guard case .waiting(let continuation) = state else { return (false, nil) }
            state = .answered(answer)
            return (true, continuation)
        }
        continuation?.resume(returning: answer)
        return isFirst
    }
}

/// What a request was given while it may have left: given back unless it is taken.
final class AdmissionTicket: Sendable {
    let result: Result<KeyLimits.Reservation, LimitRefusal>?
    private let giveBack: @Sendable (KeyLimits.Reservation) -> Void
    private let isTaken = Atomic(false)

    init(
        _ result: Result<KeyLimits.Reservation, LimitRefusal>?, giveBack: @escaping @Sendable (KeyLimits.Reservation) -> Void
    ) {
        self.result = result
        self.giveBack = giveBack
    }

    /// From now on it is the caller's to settle.
    func take() -> Result<KeyLimits.Reservation, LimitRefusal>? {
        isTaken.store(true, ordering: .relaxed)
        return result
    }

    deinit {
        guard !isTaken.load(ordering: .relaxed), case .success(let reservation) = result else { return }
        giveBack(reservation)
    }
}
