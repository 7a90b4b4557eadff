import RedisProtocol
import Vocabulary

/// What the bus knows of its links.
struct RedisLinks {
    var state: RedisBusState
    var commands: RedisConnection?
    var subscription: RedisConnection?
    var hearing = Hearing()
    /// Our own sign of life came back through this subscription.
    var hasEcho = false
    /// Since when one is on its way. Measured from its sending: a process that was held up has not lost its link.
    var awaitsEchoSince: ContinuousClock.Instant?
    /// Hints were lost on their way out: the others must look again.
    var owesLook = false
    /// It was up before.
    private var wasUp = false

    init(state: RedisBusState) {
        self.state = state
    }

    /// Whether hints get through: both connections are there, our own sign of life comes back, and everybody is heard.
    mutating func judge(at now: ContinuousClock.Instant, _ time: Timestamp, pace: RedisPace) -> (isNews: Bool, RedisBusState) {
        state.silent = hearing.silent(at: now, pace: pace)
        let isUp = commands != nil && subscription != nil && hasEcho && !isDeaf(at: now, pace: pace) && state.silent.isEmpty
        guard state.isUp != isUp else { return (false, state) }
        state.isUp = isUp
        state.since = time
        if isUp {
            if wasUp { state.reconnects += 1 }
            wasUp = true
        }
        return (true, state)
    }

    /// Nothing comes through the subscription, not even what we sent.
    func isDeaf(at now: ContinuousClock.Instant, pace: RedisPace) -> Bool {
        awaitsEchoSince.map { now - $0 > pace.patience } ?? false
    }

    /// A sign of life is sent.
    mutating func awaitEcho(at now: ContinuousClock.Instant) {
        if commands != nil && subscription != nil && awaitsEchoSince == nil { awaitsEchoSince = now }
    }

    /// A connection was made or lost: what was on its way may be lost.
    mutating func forgetEcho() {
        hasEcho = false
        awaitsEchoSince = nil
    }
}
