import Synchronization

/// What the black box counts besides what `Metrics` does: few, and worth to be known of a dead process. The raw value is the slot.
package enum Counter: Int, Sendable, CaseIterable {
    /// Log records that found their place in the ring occupied.
    case lostRecords = 0
    /// Inputs that found no place in the in-flight table.
    case unlistedInputs
    case requests, frames, relays
    /// Inputs refused because they are in quarantine.
    case quarantined

    /// As evidence names it.
    package var name: String {
        switch self {
        case .lostRecords: "records.lost"
        case .unlistedInputs: "inputs.unlisted"
        case .requests: "inputs.requests"
        case .frames: "inputs.frames"
        case .relays: "inputs.relays"
        case .quarantined: "inputs.quarantined"
        }
    }
}

extension BlackBoxWriter {
    package func add(_ number: UInt64, to counter: Counter) {
        let slot = Layout.Count.offset + counter.rawValue * Layout.Count.size
        let before = memory.word(slot + Layout.Count.value).pointee.wrappingAdd(number, ordering: .relaxed).oldValue
        if before == 0 { name(counter, slot: slot) }
    }

    @inline(never)
    private func name(_ counter: Counter, slot: Int) {
        memory.set(slot + Layout.Count.name, size: Layout.Count.nameSize, counter.name)
        memory.word(slot + Layout.Count.state).pointee.store(1, ordering: .releasing)
    }
}
