import Bus
import Synchronization
import TestSupport

/// Buses of several instances whose hints get lost, come twice, or wait until they are let go in whatever order.
final class FickleBus: MessageBus {
    /// What becomes of the hints that the others send.
    enum Weather: CaseIterable {
        case fair, lost, doubled, held
    }

    /// Joins the buses.
    final class Line: Sendable {
        fileprivate let ends = Mutex<[FickleBus]>([])

        func join() -> FickleBus {
            let end = FickleBus(self)
            ends.withLock { $0.append(end) }
            return end
        }
    }

    fileprivate struct State {
        var weather = Weather.fair
        /// Each hint has its own weather.
        var chance: SeededRandom?
        var held: [Bell] = []
    }

    private let line: Line
    private let listeners = BellListeners()
    private let state = Mutex(State())

    private init(_ line: Line) {
        self.line = line
    }

    func ring(_ bell: Bell) {
        listeners.tell(bell, isOwn: true)
        for end in line.ends.withLock({ $0 }) where end !== self { end.hear(bell) }
    }

    func listen(_ listener: @escaping @Sendable (Bell, _ isOwn: Bool) -> Void) -> BusSubscription {
        listeners.add(listener)
    }

    /// From now on hints come to this end so.
    func weather(_ weather: Weather) {
        state.withLock { $0.weather = weather }
    }

    /// From now on each hint comes to this end as chance will have it.
    func weather(bySeed seed: UInt64) {
        state.withLock { $0.chance = SeededRandom(seed: seed) }
    }

    /// Lets go what was held, the latest first.
    func release() {
        let held = state.withLock { state in
            defer { state.held = [] }
            return state.held
        }
        for bell in held.reversed() { listeners.tell(bell, isOwn: false) }
    }

    /// As the bus rings it itself after its link was lost.
    func lookAgain() {
        listeners.tell(.lookAgain, isOwn: false)
    }

    private func hear(_ bell: Bell) {
        // As it goes between processes.
        guard let bell = Bell(text: bell.text) else { return }
        let weather = state.withLock { state in
            let weather = state.nextWeather()
            if case .held = weather { state.held.append(bell) }
            return weather
        }
        switch weather {
        case .lost, .held: break
        case .fair: listeners.tell(bell, isOwn: false)
        case .doubled: for _ in 0..<2 { listeners.tell(bell, isOwn: false) }
        }
    }
}

extension FickleBus.State {
    fileprivate mutating func nextWeather() -> FickleBus.Weather {
        guard var chance else { return weather }
        defer { self.chance = chance }
        return FickleBus.Weather.allCases.randomElement(using: &chance) ?? .fair
    }
}
