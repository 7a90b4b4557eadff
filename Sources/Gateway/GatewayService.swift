package import Logging
import Relay
package import ServiceLifecycle
import Vocabulary

extension GatewayRoom {
    /// What runs as long as the process, in the order of their starts: they end the other way round, the ledger last.
    package func services(logger: Logger) -> [any Service] {
        [mover, GatewayChores(room: self, logger: logger), LiveTicker(live), HealthService(health)]
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
            }
        }
        await saveUses()
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
}
