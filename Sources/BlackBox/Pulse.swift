import Glibc
import Host
import Synchronization

/// Asks everything that must keep going for a sign of life four times a second, from a thread of its own.
///
/// Each is asked by an errand that only bumps its counter: on an event loop, in a queue, in the pool of tasks. Who has not done the last
/// errand gets no new one, so that nothing piles up where somebody is stuck; its heartbeat grows old, and the supervisor sees it.
package final class Pulse: Sendable {
    /// The time between two beats, in milliseconds.
    package static let period: Int32 = 250

    /// Somebody that is asked.
    private final class Patient: Sendable {
        let slot: BeatSlot
        let ask: @Sendable (_ errand: @escaping @Sendable () -> Void) -> Void
        let isAsked = Atomic<Bool>(false)

        init(slot: BeatSlot, ask: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void) {
            self.slot = slot
            self.ask = ask
        }
    }

    private struct State {
        var patients: [Patient] = []
        var own: BeatSlot?
        var isRunning = false
        var isEnded = false
    }

    private let writer: BlackBoxWriter
    private let state = Mutex(State())

    package init(_ writer: BlackBoxWriter = BlackBox.writer) {
        self.writer = writer
    }

    /// Watches one more; before or after `begin`.
    /// - Parameters:
    ///   - name: as evidence names it, at most 24 bytes.
    ///   - ask: hands the errand to whoever is watched and returns at once.
    package func watch(_ name: String, ask: @escaping @Sendable (_ errand: @escaping @Sendable () -> Void) -> Void) {
        guard let slot = writer.beatSlot(name) else { return }
        let isLate = state.withLock { state in
            if !state.isEnded { state.patients.append(Patient(slot: slot, ask: ask)) }
            return state.isEnded
        }
        if isLate { writer.retire(slot) }
    }

    /// Starts the thread. Its own beat is `pulse`: when that stands still too, the whole process got no time.
    package func begin() {
        let mayBegin = state.withLock { state in
            guard !state.isRunning, !state.isEnded else { return false }
            state.isRunning = true
            state.own = writer.beatSlot("pulse")
            return true
        }
        guard mayBegin else { return }
        guard !OwnThread.start(named: "pulse", { self.run() }) else { return }
        end()
    }

    /// Nobody needs to beat any more: the house drains.
    package func end() {
        let slots = state.withLock { state in
            state.isEnded = true
            defer { state.patients = []; state.own = nil }
            return state.patients.map(\.slot) + (state.own.map { [$0] } ?? [])
        }
        for slot in slots { writer.retire(slot) }
    }

    private func run() {
        while let round = state.withLock({ $0.isEnded ? nil : ($0.patients, $0.own) }) {
            if let own = round.1 { writer.beat(own) }
            for patient in round.0 { ask(patient) }
            usleep(UInt32(Self.period) * 1_000)
        }
    }

    private func ask(_ patient: Patient) {
        guard patient.isAsked.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing).exchanged else { return }
        patient.ask { [writer] in
            writer.beat(patient.slot)
            patient.isAsked.store(false, ordering: .releasing)
        }
    }
}
