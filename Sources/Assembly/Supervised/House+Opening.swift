import Host
package import Logging
package import Settings
import Storage

extension House {
    /// Opens the house for a server, and waits where the one that has the data is on its way out.
    /// - Parameter isBeside: the worker before this one has let the data go, but still carries streams.
    /// - Throws: as `open`.
    package static func openToServe(_ settings: Settings, isBeside: Bool, life: WorkerLife, logger: Logger) async throws -> House {
        let end = ContinuousClock.now + orphanTime
        while true {
            do {
                return try await open(settings, mayChangeHouseKey: true, isBeside: isBeside, life: life, logger: logger)
            } catch StorageError.inUse(_, let holder?) where Orphan.isLeaving(holder.process) && ContinuousClock.now < end {
                try await Task.sleep(for: .milliseconds(10))
            }
        }
    }

    /// Longer than a worker without supervisor takes to let go.
    private static let orphanTime = Duration.seconds(15)
}

/// A worker whose supervisor has died: it ends by itself.
private enum Orphan {
    static func isLeaving(_ process: Int32) -> Bool {
        guard let worker = ProcessFacts.read(process), secondWord(of: worker) == "worker" else { return false }
        guard let parent = ProcessFacts.read(worker.parent), let program = worker.programName else { return true }
        // Its supervisor is of the same program, and no worker.
        return parent.programName != program || secondWord(of: parent) == "worker"
    }

    private static func secondWord(of process: ProcessFacts) -> Substring? {
        process.commandLine.split(separator: " ").dropFirst().first
    }
}
