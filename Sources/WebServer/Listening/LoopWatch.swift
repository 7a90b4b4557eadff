import NIOCore

/// Something that lives on one event loop and wants to be looked at now and then.
protocol Watched: AnyObject {
    /// Where `LoopWatch` keeps it; nobody else's business.
    var watchSlot: Int { get set }
    /// Each sweep: close what took too long.
    func look(at now: NIODeadline)
    /// The server is about to go; clients should come back after that many milliseconds.
    func drain(afterMilliseconds: Int)
    /// The time for draining is almost over: say goodbye.
    func end()
    /// It is over: close without a word.
    func cut()
    /// Another server takes over: what comes from now on gets its answer and then its goodbye.
    func soften()
    /// Another server takes over: what lasts ends here and goes on there.
    func moveOn()
    /// Has work that the house's data is needed for; a relay's bytes are not.
    var isBusy: Bool { get }
}

extension Watched {
    func soften() {}
    func moveOn() {}
    var isBusy: Bool { false }
}

/// The one sweep of an event loop over all its connections, instead of a timer for each: 20,000 idle sockets cost one pass each half second.
/// Also gathers what the sockets of the loop have to flush, so that many sends in one tick become one flush per socket.
///
/// Belongs to its loop: use it there only.
final class LoopWatch {
    let eventLoop: any EventLoop
    /// The time of the last sweep: exact enough for time-outs, and free.
    private(set) var now = NIODeadline.now()
    private var watched: [any Watched] = []
    private var unflushed: [SocketLine] = []
    private var isDraining = false

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    var count: Int { watched.count }

    func add(_ newcomer: any Watched) {
        newcomer.watchSlot = watched.count
        watched.append(newcomer)
    }

    /// The last one takes the place that becomes free.
    func remove(_ leaver: any Watched) {
        guard watched.indices.contains(leaver.watchSlot), watched[leaver.watchSlot] === leaver, let last = watched.popLast() else { return }
        if last !== leaver {
            watched[leaver.watchSlot] = last
            last.watchSlot = leaver.watchSlot
        }
        leaver.watchSlot = -1
    }

    func sweep() {
        now = .now()
        // A copy: whoever is looked at may leave.
        for one in watched { one.look(at: now) }
    }

    /// Tells everyone, each with a wait of its own, so that not all come back at once.
    func drain(over spread: Duration) {
        let longest = max(1, Int(spread.milliseconds))
        for one in watched { one.drain(afterMilliseconds: Int.random(in: 0..<longest)) }
    }

    func soften() {
        for one in watched { one.soften() }
    }

    func moveAll() {
        for one in watched { one.moveOn() }
    }

    var isBusy: Bool { watched.contains(where: \.isBusy) }

    func endAll() {
        for one in watched { one.end() }
    }

    func cutAll() {
        for one in watched { one.cut() }
    }

    /// Flushes `line` once, after everything else that this tick has to do.
    func flushLater(_ line: SocketLine) {
        unflushed.append(line)
        guard unflushed.count == 1 else { return }
        let me = NIOLoopBound(self, eventLoop: eventLoop)
        eventLoop.execute { me.value.flushAll() }
    }

    private func flushAll() {
        let lines = unflushed
        unflushed.removeAll(keepingCapacity: true)
        for line in lines { line.flushNow() }
    }
}

extension Duration {
    /// Whole milliseconds, at least 0.
    var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        return max(0, seconds.multipliedReportingOverflow(by: 1_000).partialValue + attoseconds / 1_000_000_000_000_000)
    }

    var timeAmount: TimeAmount { .milliseconds(milliseconds) }
}
