import Synchronization

/// What came from outside and is being handled.
package enum InputKind: UInt8, Sendable, CaseIterable {
    /// A request that the router answers, or one for a WebSocket.
    case request = 1
    /// A message of a WebSocket.
    case frame
    /// A request that is relayed to a node.
    case relay
    /// Work of our own, by schedule.
    case chore
}

/// One input's place in the in-flight table. Give it back exactly once, by `land`.
package struct Flight: Sendable {
    fileprivate let offset: Int
    fileprivate var bits: UInt64
}

extension BlackBoxWriter {
    /// Lists an input that is about to be handled; nil when the table is full (which is counted).
    /// - Parameters:
    ///   - id: the request's id as in logs; at most 32 bytes are kept.
    ///   - bytes: of its body, as far as known.
    package func takeOff(_ kind: InputKind, id: String, bytes: Int = 0, fingerprint: UInt64 = 0) -> Flight? {
        let ticket = memory.word(Layout.Flight.ticket).pointee.wrappingAdd(1, ordering: .relaxed).oldValue
        // Neighbours in time far apart in memory: two threads' slots share no cache line.
        var index = Int(truncatingIfNeeded: ticket) & (Layout.Flight.slots - 1)
        for _ in 0..<32 {
            let offset = Layout.Flight.offset + index * Layout.Flight.size
            let word = memory.word(offset)
            let found = word.pointee.load(ordering: .relaxed)
            if found & 0xFF == FlightState.free,
                word.pointee.compareExchange(expected: found, desired: FlightState.writing, ordering: .acquiringAndReleasing).exchanged
            {
                return fill(offset, found, kind, id, bytes, fingerprint)
            }
            index = (index + 37) & (Layout.Flight.slots - 1)
        }
        return unlisted()
    }

    @inline(__always)
    private func fill(_ offset: Int, _ before: UInt64, _ kind: InputKind, _ id: String, _ bytes: Int, _ fingerprint: UInt64) -> Flight {
        memory.set(offset + Layout.Flight.fingerprint, fingerprint)
        memory.set(offset + Layout.Flight.startedAt, Moment.wall)
        memory.set(offset + Layout.Flight.bytes, Int64(bytes))
        memory.set(offset + Layout.Flight.id, size: Layout.Flight.idSize, id)
        let generation = UInt16(truncatingIfNeeded: before >> 16) &+ 1
        let word = FlightWord(state: UInt8(FlightState.handled), kind: kind.rawValue, generation: generation, thread: Self.thread)
        memory.word(offset).pointee.store(word.bits, ordering: .releasing)
        return Flight(offset: offset, bits: word.bits)
    }

    @inline(never)
    private func unlisted() -> Flight? {
        add(1, to: .unlistedInputs)
        return nil
    }

    /// Our part is done, only bytes go out: a stream may go on like this for minutes and is no suspect.
    package func answering(_ flight: inout Flight) {
        let bits = (flight.bits & ~0xFF) | FlightState.answered
        guard
            memory.word(flight.offset).pointee.compareExchange(expected: flight.bits, desired: bits, ordering: .acquiringAndReleasing)
                .exchanged
        else { return }
        flight.bits = bits
    }

    /// It is done. A second call, or one with an old copy, does nothing.
    package func land(_ flight: Flight) {
        // The generation stays behind for the next user of the place.
        _ = memory.word(flight.offset).pointee.compareExchange(
            expected: flight.bits, desired: flight.bits & 0xFFFF_0000, ordering: .acquiringAndReleasing)
    }
}

enum FlightState {
    static let free: UInt64 = 0
    static let writing: UInt64 = 1
    static let handled: UInt64 = 2
    static let answered: UInt64 = 3
}
