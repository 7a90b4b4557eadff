/// Names an exchange for good: a later one in the same place has another name.
struct ExchangeID: Hashable, Sendable {
    fileprivate let slot: Int
    fileprivate let generation: UInt64
}

/// The exchanges of one event loop, to be found by name and looked at in turn.
struct ExchangeTable {
    private struct Slot {
        var generation: UInt64 = 0
        var exchange: RelayExchange?
    }

    private var slots: [Slot] = []
    private var free: [Int] = []
    private(set) var count = 0

    subscript(id: ExchangeID) -> RelayExchange? {
        guard slots.indices.contains(id.slot), slots[id.slot].generation == id.generation else { return nil }
        return slots[id.slot].exchange
    }

    mutating func add(_ exchange: RelayExchange) -> ExchangeID {
        count += 1
        if let slot = free.popLast(), slots.indices.contains(slot) {
            slots[slot].generation &+= 1
            slots[slot].exchange = exchange
            return ExchangeID(slot: slot, generation: slots[slot].generation)
        }
        slots.append(Slot(exchange: exchange))
        return ExchangeID(slot: slots.count - 1, generation: 0)
    }

    mutating func remove(_ id: ExchangeID) {
        guard self[id] != nil else { return }
        slots[id.slot].exchange = nil
        free.append(id.slot)
        count -= 1
    }

    /// Whoever is looked at may leave, and others may come.
    func each(_ act: (RelayExchange) -> Void) {
        for slot in slots {
            if let exchange = slot.exchange { act(exchange) }
        }
    }
}
