package import Logging
import Relay
package import ServiceLifecycle
import Vocabulary

extension GatewayRoom {
    /// What runs as long as the process, in the order of their starts: they end the other way round, the ledger last.
    package func services(logger: Logger) -> [any Service] {
        [
            WaitingMover(mover: mover, ledger: ledger, predecessor: predecessor), GatewayChores(room: self, logger: logger),
            LiveTicker(live), HealthService(health),
        ]
    }
}

/// Moves the ledger once nobody else writes into it.
private struct WaitingMover: Service, CustomStringConvertible {
    let mover: LedgerService
    let ledger: Ledger
    let predecessor: (@Sendable () async -> Void)?

    /// As the log of services names it.
    var description: String { "ledger" }

    func run() async throws {
        if let predecessor {
            await withTaskGroup { group in
                group.addTask { await predecessor() }
                // Who is told to end meanwhile leaves the books to the next process: the journal has everything.
                group.addTask { try? await gracefulShutdown() }
                group.addTask { [ledger] in
                    while !Task.isCancelled {
                        try? await Task.sleep(for: .milliseconds(250))
                        await ledger.journal.sync()
                    }
                }
                await group.next()
                group.cancelAll()
            }
            if Task.isShuttingDownGracefully { return await ledger.journal.sync() }
        }
        try await mover.run()
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
        do {
            let count = try await room.traffic.objects.forgetOld() + room.traffic.batches.forgetOld()
            if count > 0 { logger.debug("old answers and results are forgotten", metadata: ["count": "\(count)"]) }
        } catch {
            logger.warning("old answers and results could not be forgotten; tried again in a minute", metadata: ["error": "\(error)"])
        }
    }
}
