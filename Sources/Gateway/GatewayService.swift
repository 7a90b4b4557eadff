package import Logging
import Relay
package import ServiceLifecycle
import Vocabulary

extension GatewayRoom {
    /// What runs as long as the process, in the order of their starts: they end the other way round, the ledger last.
    package func services(logger: Logger) -> [any Service] {
        let alone: [any Service] = [
            WaitingMover(room: self, logger: logger), GatewayChores(room: self, logger: logger),
            LiveTicker(live), HealthService(health),
        ]
        guard let sharing, let limits = traffic.limits else { return alone }
        return [limits] + alone + [sharing, SweepService(sweep: sweep, duty: duty, logger: logger)]
    }
}

/// Moves the ledger once nobody else writes into it.
private struct WaitingMover: Service, CustomStringConvertible {
    let room: GatewayRoom
    let logger: Logger

    /// As the log of services names it.
    var description: String { "ledger" }

    func run() async throws {
        if let predecessor = room.predecessor {
            await waitFor(predecessor)
            if Task.isShuttingDownGracefully { return await room.ledger.journal.sync() }
            await room.bookElsewhere(clock: room.ledger.clock, logger: logger)
        }
        try await room.mover.run()
    }

    private func waitFor(_ predecessor: @escaping @Sendable () async -> Void) async {
        await withTaskGroup { group in
            group.addTask { await predecessor() }
            // Who is told to end meanwhile leaves the books to the next process: the journal has everything.
            group.addTask { try? await gracefulShutdown() }
            group.addTask { [room] in
                while !Task.isCancelled {
                    try? await Task.sleep(for: .milliseconds(250))
                    await room.ledger.journal.sync()
                    room.lookElsewhere()
                }
            }
            // The first that ends ends the waiting: only where there is somebody to vouch for.
            if !room.duty.isAlone { group.addTask { [room] in await room.vouchForEarlier() } }
            await group.next()
            group.cancelAll()
        }
    }
}

/// Looks after what instances that died have left.
private struct SweepService: Service, CustomStringConvertible {
    private static let period = Duration.seconds(5)
    let sweep: LedgerSweep
    let duty: SharedDuty
    let logger: Logger

    /// As the log of services names it.
    var description: String { "gateway.sweep" }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: Self.period)) != nil {
                guard duty.holds(.chores) else { continue }
                do {
                    try await sweep.run()
                } catch {
                    logger.error("what a dead instance left open could not be booked; tried again", metadata: ["error": "\(error)"])
                }
            }
        }
    }
}

/// Small work by the clock, and the last words at the end.
struct GatewayChores: Service {
    let room: GatewayRoom
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await Task.sleep(for: .seconds(60))
                await saveUses()
                await forget()
            }
        }
        await saveUses()
        await room.traffic.objects.flush()
        await room.connections.close()
        room.notices.finish()
    }

    private func saveUses() async {
        do {
            try await room.keys.saveUses()
        } catch {
            logger.error("when keys were last used could not be written", metadata: ["error": "\(error)"])
        }
    }

    /// A little of what nobody can ask for any more.
    private func forget() async {
        guard room.duty.holds(.chores) else { return }
        do {
            try await room.traffic.limits?.forget()
            let count = try await room.traffic.objects.forgetOld() + room.traffic.batches.forgetOld()
            if count > 0 { logger.debug("old answers and results are forgotten", metadata: ["count": "\(count)"]) }
        } catch {
            logger.warning("old answers and results could not be forgotten; tried again in a minute", metadata: ["error": "\(error)"])
        }
    }
}
