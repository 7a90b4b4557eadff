/// A place in a line.
package struct WaitingTicket: Hashable, Sendable, Comparable {
    package let number: UInt64

    package static func < (left: WaitingTicket, right: WaitingTicket) -> Bool { left.number < right.number }
}

/// The requests of one workspace that wait for a node: first come, first served, bounded in number and in time (docs/gateway.md §4).
///
/// Whoever is called tries to get a node and then either leaves, or goes back to its old place.
package struct WaitingLine<Waiter: Sendable>: Sendable {
    package struct Entry: Sendable {
        package let ticket: WaitingTicket
        package let family: RoutedFamily
        package let model: String?
        package let deadline: Moment
        /// How to reach it.
        package let waiter: Waiter
        /// It was told to try.
        package fileprivate(set) var isCalled = false
    }

    package let capacity: Int
    /// In order of arrival.
    private var entries: [Entry] = []
    private var counter: UInt64 = 0

    package init(capacity: Int = 100) {
        self.capacity = max(0, capacity)
    }

    package var count: Int { entries.count }
    /// Whoever comes now must stand in line: nobody overtakes those who wait.
    package var isEmpty: Bool { entries.isEmpty }
    /// Nil when nobody waits.
    package var earliestDeadline: Moment? { entries.lazy.map(\.deadline).min() }

    /// Nil when the line is full.
    package mutating func join(_ waiter: Waiter, family: RoutedFamily, model: String?, until deadline: Moment) -> WaitingTicket? {
        guard entries.count < capacity else { return nil }
        counter &+= 1
        let ticket = WaitingTicket(number: counter)
        entries.append(Entry(ticket: ticket, family: family, model: model, deadline: deadline, waiter: waiter))
        return ticket
    }

    /// It was served, has given up, or its client has gone.
    /// - Returns: whether it stood in line. If it was called and did not use its turn, the next one should be called.
    package mutating func leave(_ ticket: WaitingTicket) -> Entry? {
        guard let index = entries.firstIndex(where: { $0.ticket == ticket }) else { return nil }
        return entries.remove(at: index)
    }

    /// Calls the first that was not called yet, for which `serves` is true: one that waits for another model does not hold up the rest.
    package mutating func call(where serves: (Entry) -> Bool = { _ in true }) -> Entry? {
        guard let index = entries.firstIndex(where: { !$0.isCalled && serves($0) }) else { return nil }
        entries[index].isCalled = true
        return entries[index]
    }

    /// It tried and got no node: it waits on, in its old place.
    /// - Returns: what it was. If it was called, who waits for something else may have more luck.
    @discardableResult
    package mutating func goBack(_ ticket: WaitingTicket) -> Entry? {
        guard let index = entries.firstIndex(where: { $0.ticket == ticket }) else { return nil }
        let entry = entries[index]
        entries[index].isCalled = false
        return entry
    }

    /// Whether somebody waits for this model: who comes now must not overtake.
    package func hasWaiter(family: RoutedFamily, model: String) -> Bool {
        entries.contains { $0.family == family && $0.model == model }
    }

    /// Removes those whose time is over, in order of arrival.
    package mutating func expire(at now: Moment) -> [Entry] {
        guard entries.contains(where: { $0.deadline <= now }) else { return [] }
        let over = entries.filter { $0.deadline <= now }
        entries.removeAll { $0.deadline <= now }
        return over
    }
}
