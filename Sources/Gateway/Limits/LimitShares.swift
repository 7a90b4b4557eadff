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
    /// For so long the database is not asked again for a key of which it has just said that there is no room: who comes meanwhile hears the
    /// same, and tries again as often as anybody. Who tries again hears what is at most `rest` old.
    static let verdictTime = Duration.milliseconds(50)
    static let rest = Duration.milliseconds(15)

    private let database: any Database
    private let control: TrafficControl
    private let duty: SharedDuty
    /// How long a request waits for its answer in all.
    private let patience: Duration
    private let clock: any WallClock
    private let announce: @Sendable (Bell) -> Void
    private let logger: Logger
    private let line = Mutex<[ShareWaiter]>([])
    private let verdicts = Mutex<[KeyID: ShareVerdict]>([:])
    private let toldAt = Mutex<ContinuousClock.Instant?>(nil)
    private let writeCount = Atomic(0)
    private let kicks: AsyncStream<Void>
    private let kick: AsyncStream<Void>.Continuation

    /// As the log of services names it.
    var description: String { "gateway.limits" }

    /// Transactions so far.
    var writes: Int { writeCount.load(ordering: .relaxed) }

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
        await obtain(key, .request(estimate)).flatMap { $0.kept(\.reservation) }
    }

    /// Money for a batch within the key's budgets, likewise; it takes no request and no place.
    func hold(_ nanoDollars: Int64, by key: GatewayKey) async -> Result<ResourceOwners.Hold, LimitRefusal>? {
        await obtain(key, .hold(nanoDollars)).flatMap { $0.kept(\.money) }
    }

    private func obtain(_ key: GatewayKey, _ need: ShareNeed) async -> Result<ShareGrant, LimitRefusal>? {
        let end = ContinuousClock.now + patience
        var tries = 0
        while true {
            let known = verdict(on: key, need, within: tries == 0 ? Self.verdictTime : Self.rest)
            guard let answer = if let known { known } else { await ask(key, need, until: end) } else { return nil }
            switch answer {
            case .given(let grant): return .success(grant)
            case .refused(let refusal, let hope):
                let most = hope == .none ? 0 : hope == .running ? Self.triesForRunning : Self.returns.count
                guard tries < most else { return .failure(refusal) }
                await tellOthers()
                guard (try? await Task.sleep(for: Self.returns.dropFirst(tries).first ?? .zero)) != nil else { return nil }
                tries += 1
            }
        }
    }

    /// What the database has said to somebody who needed no more, and nothing came back here since.
    private func verdict(on key: GatewayKey, _ need: ShareNeed, within time: Duration) -> ShareWaiter.Answer? {
        guard let verdict = verdicts.withLock({ $0[key.id] }), ContinuousClock.now - verdict.at < time,
            verdict.isGood(for: need, of: key, returns: control.returns(of: key.id), at: now.wall)
        else { return nil }
        return .refused(verdict.limit.refusal(at: now.wall), hope: verdict.hope)
    }

    /// A bell for who hears it, a mark for who does not. All that others don't use comes back, of whatever key: one bell is for everybody who
    /// lacks something at that time.
    private func tellOthers() async {
        let isNew = toldAt.withLock { told in
            let now = ContinuousClock.now
            guard told.map({ now - $0 >= Self.verdictTime }) ?? true else { return false }
            told = now
            return true
        }
        guard isNew else { return }
        writeCount.add(1, ordering: .relaxed)
        _ = try? await database.write { try ChangeMarks.note(.limits, on: $0) }
        announce(.budgetMoved)
    }

    private func ask(_ key: GatewayKey, _ need: ShareNeed, until end: ContinuousClock.Instant) async -> ShareWaiter.Answer? {
        let waiter = ShareWaiter(key: key, need: need)
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
            writeCount.add(1, ordering: .relaxed)
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
            remember(answer, to: ask)
            for (waiter, refused) in zip(waiting[ask.key] ?? [], answer.refused) {
                let verdict = refused.map { ShareWaiter.Answer.refused($0.0.refusal(at: now.wall), hope: $0.hope) }
                let given = verdict ?? control.takeGranted(waiter.key, waiter.need, at: now)
                guard !waiter.give(given), case .given(let grant) = given else { continue }
                // It has left meanwhile.
                control.giveBack(grant, of: ask.key, at: now)
            }
        }
    }

    private func remember(_ answer: ShareAnswer, to ask: ShareAsk) {
        let refused = zip(ask.needs, answer.refused).compactMap { need, refused in refused.map { (need, $0.0, $0.hope) } }
        let verdict = refused.first.map { need, limit, hope in
            ShareVerdict(
                limit: limit, need: limit.amount(of: need, limit: limit.amount(in: ask.allowance)), allowance: ask.allowance, hope: hope,
                period: limit.period(at: now.wall), returns: control.returns(of: ask.key), at: .now)
        }
        verdicts.withLock { verdicts in
            if verdicts.count > 10_000 { verdicts = [:] }
            verdicts[ask.key] = verdict
        }
    }

    /// By whoever looks after what nobody needs any more.
    func forget() async throws {
        guard duty.holds(.chores) else { return }
        try await database.write { [now = clock.now()] in try ShareStore.forget(at: now, on: $0) }
    }
}

extension Result<ShareGrant, LimitRefusal> {
    /// What of a grant its asker can use; a grant of another kind is none.
    fileprivate func kept<Grant>(_ part: KeyPath<ShareGrant, Grant?>) -> Result<Grant, LimitRefusal>? {
        switch self {
        case .success(let grant): grant[keyPath: part].map { .success($0) }
        case .failure(let refusal): .failure(refusal)
        }
    }
}
