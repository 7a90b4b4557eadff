import Vocabulary

/// Which nodes are to be checked when (docs/gateway.md §7).
///
/// There are no rounds that could pile up: each node has its own next time, counted from the end of its last check, and no more than a few
/// checks are open at once, however many nodes are due. Two hundred dead nodes are checked two at a time.
package struct ProbeSchedule: Sendable {
    private struct Entry: Sendable {
        var node: ProbedNode
        var dueAt: Moment
        /// What a check must prove; nil: it is well.
        var cure: ProbeEvidence?
        /// Checks since its trouble began.
        var checks = 0
    }

    private struct Open: Sendable {
        let order: ProbeOrder
        let since: Moment
    }

    private var rules: ProbeRules
    private let readyAt: Moment
    private var entries: [NodeID: Entry] = [:]
    private var open: [NodeID: Open] = [:]
    private var money: SpendingPeriod

    package init(rules: ProbeRules = ProbeRules(), readyAt now: ClockReading, spentToday: Int64 = 0) {
        self.rules = rules
        readyAt = now.moment
        money = SpendingPeriod(number: UTCCalendar.day(of: now.wall), spent: spentToday)
    }

    /// What earlier processes have spent today, nano-dollars.
    package mutating func restore(spentToday: Int64, at now: ClockReading) {
        money.turn(to: UTCCalendar.day(of: now.wall))
        money.settle(reserved: 0, used: max(spentToday, 0), from: money.number)
    }

    package var openCount: Int { open.count }
    /// Nano-dollars of the running UTC day.
    package var spentToday: Int64 { money.spent }

    /// Other numbers from now on; times that are set stay.
    package mutating func change(rules: ProbeRules) {
        self.rules = rules
    }

    // MARK: Nodes

    /// The nodes to be checked from now on, of all workspaces; new ones wait their random first time. A check of a node that is gone stays
    /// open until it is finished.
    package mutating func replace(nodes: [ProbedNode], at now: Moment, using random: inout some RandomNumberGenerator) {
        var kept: [NodeID: Entry] = [:]
        for node in nodes {
            if var entry = entries[node.id] {
                entry.node = node
                kept[node.id] = entry
            } else {
                kept[node.id] = Entry(node: node, dueAt: firstTime(at: now, using: &random), cure: nil)
            }
        }
        entries = kept
    }

    private func firstTime(at now: Moment, using random: inout some RandomNumberGenerator) -> Moment {
        let (soonest, latest) = (rules.firstDelay.lowerBound * 1_000, rules.firstDelay.upperBound * 1_000)
        return max(now, readyAt) + .milliseconds(Int64.random(in: soonest...latest, using: &random))
    }

    /// - Parameter cure: what a check must prove to help the node; nil when it is well.
    package mutating func mark(
        _ node: NodeID, cure: ProbeEvidence?, at now: Moment, using random: inout some RandomNumberGenerator
    ) {
        guard var entry = entries[node] else { return }
        if entry.cure == nil, cure != nil {
            entry.checks = 0
            // Never before the quiet time after the start is over.
            let soonest = max(now, readyAt + .seconds(rules.firstDelay.lowerBound))
            entry.dueAt = min(entry.dueAt, soonest + rules.troubledInterval.jittered(percent: rules.jitterPercent, using: &random))
        } else if entry.cure != nil, cure == nil {
            entry.dueAt = now + rules.interval.jittered(percent: rules.jitterPercent, using: &random)
        }
        entry.cure = cure
        entries[node] = entry
    }

    /// A person wants it checked now; it waits for a free place all the same.
    package mutating func ask(for node: NodeID, at now: Moment) {
        entries[node]?.dueAt = now
    }

    // MARK: Checks by hand

    /// A check that a person asks for, beside the schedule, with the money for it set aside; nil: it is paid for, and the day's money does not
    /// reach.
    package mutating func takeByHand(_ node: ProbedNode, at now: ClockReading) -> ProbeOrder? {
        money.turn(to: UTCCalendar.day(of: now.wall))
        guard node.method.isPaid else { return ProbeOrder(node: node.id, method: node.method, price: 0, day: money.number) }
        guard money.hasRoom(for: node.price, below: rules.moneyPerDay) else { return nil }
        money.reserve(node.price)
        return ProbeOrder(node: node.id, method: node.method, price: node.price, day: money.number)
    }

    /// Such a check has ended.
    /// - Parameter cost: as with `finished`.
    package mutating func finishedByHand(_ order: ProbeOrder, cost: Int64? = nil) {
        money.settle(reserved: order.price, used: max(cost ?? order.price, 0), from: order.day)
    }

    // MARK: Checks

    /// The checks to begin now, in the order in which they fell due.
    package mutating func due(at now: ClockReading) -> [ProbeOrder] {
        money.turn(to: UTCCalendar.day(of: now.wall))
        var orders: [ProbeOrder] = []
        while open.count < rules.limit, let order = next(at: now.moment) {
            open[order.node] = Open(order: order, since: now.moment)
            money.reserve(order.price)
            orders.append(order)
        }
        return orders
    }

    /// When `due` may have something: nil while all places are taken or there are no nodes.
    package var nextTime: Moment? {
        guard open.count < rules.limit else { return nil }
        return entries.values.lazy.filter { open[$0.node.id] == nil && !isHeldUp($0) }.map(\.dueAt).min()
    }

    private func next(at now: Moment) -> ProbeOrder? {
        entries.values.lazy
            .filter { $0.dueAt <= now && open[$0.node.id] == nil && !isHeldUp($0) }
            .min { ($0.dueAt, $0.node.id) < ($1.dueAt, $1.node.id) }
            .map(order)
    }

    /// A command has to wait for the one that runs.
    private func isHeldUp(_ entry: Entry) -> Bool {
        order(for: entry).method == .cli && open.values.count { $0.order.method == .cli } >= rules.commandLimit
    }

    private func order(for entry: Entry) -> ProbeOrder {
        let wanted = entry.cure.map { entry.node.method.proving($0) } ?? entry.node.method
        guard wanted.isPaid else { return ProbeOrder(node: entry.node.id, method: wanted, price: 0, day: money.number) }
        guard money.hasRoom(for: entry.node.price, below: rules.moneyPerDay) else {
            return ProbeOrder(node: entry.node.id, method: .count, price: 0, day: money.number)
        }
        return ProbeOrder(node: entry.node.id, method: wanted, price: entry.node.price, day: money.number)
    }

    /// A check has ended, however it did: its place is free, and its node's next time is set.
    /// - Parameter cost: nano-dollars; nil when unknown: then what was set aside counts.
    package mutating func finished(
        _ node: NodeID, cost: Int64? = nil, at now: Moment, using random: inout some RandomNumberGenerator
    ) {
        guard let ended = open.removeValue(forKey: node) else { return }
        money.settle(reserved: ended.order.price, used: max(cost ?? ended.order.price, 0), from: ended.order.day)
        guard var entry = entries[node] else { return }
        entry.dueAt = now + pause(after: entry.checks, isTroubled: entry.cure != nil).jittered(percent: rules.jitterPercent, using: &random)
        entry.checks = min(entry.checks + 1, 64)
        entries[node] = entry
    }

    private func pause(after checks: Int, isTroubled: Bool) -> Duration {
        guard isTroubled else { return rules.interval }
        return min(rules.troubledInterval * (1 << min(checks, 20)), rules.interval)
    }

    /// Checks that take too long. Their places are not given away, for then more would run at once than may: end them.
    package func overdue(at now: Moment) -> [NodeID] {
        open.values.filter { now >= $0.since + rules.patience }.map(\.order.node).sorted()
    }
}
