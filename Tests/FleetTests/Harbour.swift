import Fleet
import Logging
import Storage
import Synchronization
import TestSupport
import Vocabulary

/// Several instances over one database, and the time that passes for all of them.
final class Harbour: Sendable {
    let store: TemporaryDatabase
    let clock = ManualClock()
    let log = CapturedLog()
    private let time = Mutex(Duration.seconds(1))
    private let isFirst = Mutex(true)

    init() async throws {
        store = try await TemporaryDatabase.open(schemas: [.storage, FleetRoom.schema])
    }

    var database: any Database { store.database }

    func open(_ name: String, isSingle: Bool = false, clock: (any WallClock)? = nil) async throws -> FleetRoom {
        // Each with a writer of its own, where the engine lets several write.
        let isFirst = isFirst.withLock { isFirst in
            defer { isFirst = false }
            return isFirst
        }
        return try await FleetRoom.open(
            isFirst ? database : try await store.another(), isSingle: isSingle, name: name, version: "1.0", clock: clock ?? self.clock,
            elapsed: { [self] in time.withLock { $0 } },
            logger: log.logger())
    }

    func pass(_ duration: Duration) {
        time.withLock { $0 += duration }
        clock.advance(by: duration)
    }

    /// Time passes as it does while these run: in steps, each with its sign of life.
    func run(_ living: [FleetRoom], for duration: Duration) async throws {
        var left = duration
        while left > .zero {
            pass(FleetRoom.beatPeriod)
            for fleet in living { try await fleet.beat() }
            left -= FleetRoom.beatPeriod
        }
    }
}
