import NIOCore

/// The `LoopWatch` of every event loop of a group.
final class LoopWatches: Sendable {
    private let boxes: [ObjectIdentifier: NIOLoopBoundBox<LoopWatch>]
    private let eventLoops: [any EventLoop]

    init(group: any EventLoopGroup) {
        var boxes: [ObjectIdentifier: NIOLoopBoundBox<LoopWatch>] = [:]
        var eventLoops: [any EventLoop] = []
        for eventLoop in group.makeIterator() {
            boxes[ObjectIdentifier(eventLoop)] = .makeBoxSendingValue(LoopWatch(eventLoop: eventLoop), eventLoop: eventLoop)
            eventLoops.append(eventLoop)
        }
        self.boxes = boxes
        self.eventLoops = eventLoops
    }

    /// On `eventLoop`; nil for a loop of another group.
    func watch(of eventLoop: any EventLoop) -> LoopWatch? {
        boxes[ObjectIdentifier(eventLoop)]?.value
    }

    /// Begins sweeping; cancel what is returned to end it.
    func sweep(every interval: Duration) -> [RepeatedTask] {
        eventLoops.map { eventLoop in
            eventLoop.scheduleRepeatedTask(initialDelay: interval.timeAmount, delay: interval.timeAmount) { _ in
                self.watch(of: eventLoop)?.sweep()
            }
        }
    }

    func drain(over spread: Duration) {
        each { $0.drain(over: spread) }
    }

    func soften() {
        each { $0.soften() }
    }

    func moveAll() {
        each { $0.moveAll() }
    }

    /// Returns when every loop has done what it had to do when this was called: who was accepted before that is known.
    func settle() async {
        for eventLoop in eventLoops { try? await eventLoop.submit {}.get() }
    }

    /// Whether anything but relays is under way.
    func areBusy() async -> Bool {
        for eventLoop in eventLoops {
            let isBusy = try? await eventLoop.submit { self.watch(of: eventLoop)?.isBusy ?? false }.get()
            if isBusy == true { return true }
        }
        return false
    }

    func endAll() {
        each { $0.endAll() }
    }

    func cutAll() {
        each { $0.cutAll() }
    }

    private func each(_ act: @escaping @Sendable (LoopWatch) -> Void) {
        for eventLoop in eventLoops {
            eventLoop.execute { self.watch(of: eventLoop).map(act) }
        }
    }
}
