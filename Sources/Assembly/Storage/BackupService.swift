import BlackBox
import Logging
import ServiceLifecycle
import Storage
import Synchronization
import Vocabulary

/// Makes backups as long as the process lives, on a thread that waits for everybody else.
struct BackupService: Service, CustomStringConvertible {
    let vault: BackupVault
    /// Where the database is a server's.
    let server: ServerBackup?
    /// Whether it falls to this instance.
    let isOurs: @Sendable () -> Bool
    let retention: BackupRetention
    let timetable: BackupTimetable
    let clock: any WallClock
    let logger: Logger

    /// As the log of services names it.
    var description: String { "backups" }

    func run() async throws {
        await cancelWhenGracefulShutdown { await runAlways() }
    }

    private func runAlways() async {
        guard timetable.every > .zero else { return await untilCancelled() }
        var failures = 0
        var last = await newest()
        while await pause(timetable.wait(after: last, failures: failures, now: clock.now(), chance: .random(in: 0...1))) {
            guard isOurs() else { continue }
            do {
                last = try await once()
                failures = 0
            } catch BackupError.stopped {
                return
            } catch BackupError.busy {
                // A person is making one: as good as ours.
                failures += 1
            } catch {
                failures += 1
                logger.error(
                    "the backup failed; it is tried again",
                    metadata: ["error": "\(error)", "failures": "\(failures)", "folder": "\(vault.folder)"])
            }
        }
    }

    private func newest() async -> Timestamp? {
        do {
            return try await QuietThread.run { [vault] in vault.newest()?.manifest.at }
        } catch {
            return nil
        }
    }

    private func once() async throws -> Timestamp {
        let ended = OptionalPart.backups.begin()
        defer { ended() }
        let stop = Stop()
        let backup = try await withTaskCancellationHandler {
            if let server { return try await server.make(.scheduled, in: nil) { try stop.check() } }
            return try await QuietThread.run { [vault] in try vault.make(.scheduled) { try stop.check() } }
        } onCancel: {
            stop.order()
        }
        logger.info(
            "backup made, restored for trial and compared",
            metadata: [
                "path": "\(backup.path)", "rows": "\(backup.manifest.rows)", "bytes": "\(backup.bytes)",
                "ms": "\(backup.manifest.milliseconds)",
            ])
        let gone = try await QuietThread.run { [vault, retention] in try vault.prune(retention) }
        if !gone.isEmpty {
            logger.info("old backups deleted", metadata: ["count": "\(gone.count)", "names": "\(gone.joined(separator: " "))"])
        }
        return backup.manifest.at
    }

    private func untilCancelled() async {
        while await pause(.seconds(86_400)) {}
    }

    /// False when the service is to end.
    private func pause(_ duration: Duration) async -> Bool {
        do {
            try await Task.sleep(for: duration)
            return true
        } catch {
            return false
        }
    }
}

/// Ends a backup between two pieces of it.
private final class Stop: Sendable {
    private let isOrdered = Atomic(false)

    func order() { isOrdered.store(true, ordering: .relaxed) }

    func check() throws {
        if isOrdered.load(ordering: .relaxed) { throw BackupError.stopped }
    }
}
