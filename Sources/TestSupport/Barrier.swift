package import Storage

/// Stops the writer until the test lets it go on, so that what is written meanwhile is one batch.
package final class Barrier: Sendable {
    private let reached = Signal()
    private let opened = Signal()

    package init() {}

    /// Called in a write's body.
    package func hold() {
        reached.give()
        opened.waitBlocking()
    }

    /// Returns when a body holds.
    package func arrival() async { await reached.wait() }

    package func open() { opened.give() }
}

extension HouseDatabase {
    /// Returns when so many writes wait behind the one that is running.
    package func untilQueued(_ count: Int) async {
        while waitingWrites < count { await Task.yield() }
    }

    /// Runs `count` writes that all wait while the writer is held.
    /// - Returns: of each the error, by number.
    package func batch(
        of count: Int, committed: (@Sendable (Int) -> Void)? = nil, body: @escaping @Sendable (Int, any SQLConnection) throws -> Void
    ) async throws -> [(any Error)?] {
        let barrier = Barrier()
        async let holder: Void = write { _ in barrier.hold() }
        await barrier.arrival()
        let outcomes = await withTaskGroup(of: (Int, (any Error)?).self) { group in
            for number in 0..<count {
                group.addTask {
                    do {
                        _ = try await self.write(
                            { connection in
                                try body(number, connection)
                                return number
                            }, committed: committed)
                        return (number, nil)
                    } catch {
                        return (number, error)
                    }
                }
            }
            await untilQueued(count)
            barrier.open()
            return await group.reduce(into: [Int: (any Error)?]()) { $0[$1.0] = $1.1 }
        }
        try await holder
        return (0..<count).map { outcomes[$0] ?? nil }
    }
}
