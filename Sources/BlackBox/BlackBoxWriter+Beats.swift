import Synchronization

/// One thing that must keep going: an event loop, a queue, the pool of tasks.
package struct BeatSlot: Sendable {
    fileprivate let offset: Int
}

extension BlackBoxWriter {
    /// A place for its heartbeats; nil when all 64 are taken. It counts as alive from now on.
    /// - Parameter name: at most 24 bytes.
    package func beatSlot(_ name: String) -> BeatSlot? {
        for index in 0..<Layout.Beat.slots {
            let slot = Layout.Beat.offset + index * Layout.Beat.size
            let state = memory.word(slot + Layout.Beat.state)
            guard state.pointee.compareExchange(expected: 0, desired: BeatState.preparing, ordering: .acquiringAndReleasing).exchanged
            else { continue }
            memory.set(slot + Layout.Beat.count, UInt64(0))
            memory.set(slot + Layout.Beat.thread, UInt64(0))
            memory.set(slot + Layout.Beat.name, size: Layout.Beat.nameSize, name)
            memory.set(slot + Layout.Beat.last, Moment.steady)
            state.pointee.store(BeatState.alive, ordering: .releasing)
            return BeatSlot(offset: slot)
        }
        return nil
    }

    /// It goes on; called by itself, on its own thread.
    package func beat(_ slot: BeatSlot) {
        memory.set(slot.offset + Layout.Beat.thread, Int64(Self.thread))
        memory.set(slot.offset + Layout.Beat.last, Moment.steady)
        memory.word(slot.offset + Layout.Beat.count).pointee.wrappingAdd(1, ordering: .releasing)
    }

    /// It may stand still from now on: the place is free for another.
    package func retire(_ slot: BeatSlot) {
        memory.word(slot.offset + Layout.Beat.state).pointee.store(0, ordering: .releasing)
    }
}

enum BeatState {
    static let preparing: UInt64 = 1
    static let alive: UInt64 = 2
}
