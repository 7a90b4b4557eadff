package import Gauges

/// What the database counts for whoever watches it.
package final class StorageFigures: Sendable {
    package let commits = Counter()
    package let writes = Counter()
    package let failedCommits = Counter()
    /// Seconds of a commit with its fsync.
    package let commitWaits = Histogram()

    /// Batches that ran again: another instance was first, or the connection broke.
    package let reruns = Counter()
    /// Connections to a server that were lost.
    package let lostConnections = Counter()
    private let isShared: Bool

    /// - Parameter isShared: by several instances, over a network.
    package init(isShared: Bool = false) {
        self.isShared = isShared
    }

    /// A commit of so many writes is done.
    package func committed(writes count: Int, in time: Duration) {
        commits.add()
        writes.add(count)
        commitWaits.observe(time)
    }

    /// A commit failed, nothing of it is stored.
    package func failed() {
        failedCommits.add()
    }

    package func write(to page: inout Exposition) {
        page.add("switchboard_database_commits_total", "Commits that are on disk.", commits)
        page.add("switchboard_database_writes_total", "Writes of callers; several share a commit.", writes)
        page.add("switchboard_database_failed_commits_total", "Commits that were refused by the disk or the engine.", failedCommits)
        page.add("switchboard_database_commit_seconds", "How long a commit with its fsync takes.", commitWaits)
        guard isShared else { return }
        page.add("switchboard_database_reruns_total", "Batches of writes that had to run again.", reruns)
        page.add("switchboard_database_lost_connections_total", "Connections to the database server that were lost.", lostConnections)
    }
}
