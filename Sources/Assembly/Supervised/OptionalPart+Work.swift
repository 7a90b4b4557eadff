import BlackBox

extension OptionalPart {
    /// Its work begins: listed in the black box, so that a death in it is known for what it is.
    /// - Returns: to be called when the work has ended.
    func begin() -> @Sendable () -> Void {
        let flight = BlackBox.writer.takeOff(.chore, id: flightID)
        Faults.work(self)
        return { if let flight { BlackBox.writer.land(flight) } }
    }
}
