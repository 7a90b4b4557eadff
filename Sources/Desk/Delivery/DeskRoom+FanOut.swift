extension DeskRoom {
    /// Has the fan-out do a small errand in its turn: while it is stuck, or behind, the errand waits.
    package func visitFanOut(_ errand: @escaping @Sendable () -> Void) {
        delivery.committed(.errand(errand))
    }
}
