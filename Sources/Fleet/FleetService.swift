package import Logging
import ServiceLifecycle

/// Gives the signs of life as long as the process runs, and leaves when everything else has ended: list it before what needs leases.
package struct FleetService: Service, CustomStringConvertible {
    private let fleet: FleetRoom
    private let logger: Logger

    /// As the log of services names it.
    package var description: String { "fleet" }

    package init(_ fleet: FleetRoom, logger: Logger) {
        self.fleet = fleet
        self.logger = logger
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            // What rooms want since the fleet was joined is had at once.
            repeat { await beat() } while (try? await Task.sleep(for: FleetRoom.beatPeriod)) != nil
        }
        do {
            try await fleet.leave()
        } catch {
            logger.warning("this instance could not take its leave; the others forget it in a minute", metadata: ["error": "\(error)"])
        }
    }

    private func beat() async {
        do {
            try await fleet.beat()
        } catch {
            logger.error("no sign of life could be written; what this instance does for all ends in 15 s", metadata: ["error": "\(error)"])
        }
    }
}
