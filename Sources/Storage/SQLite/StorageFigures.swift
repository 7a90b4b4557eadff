package import Gauges

/// What the database counts for whoever watches it.
package final class StorageFigures: Sendable {
    package let commits = Counter()
    package let writes = Counter()
    package let failedCommits = Counter()
    /// Seconds of a commit with its fsync.
    package let commitWaits = Histogram()

    package init() {}

    func committed(writes count: Int, in time: Duration) {
        commits.add()
        writes.add(count)
        commitWaits.observe(time)
    }

    func failed() {
        failedCommits.add()
    }

    package func write(to page: inout Exposition) {
        page.add("switchboard_database_commits_total", "Commits that are on disk.", commits)
        page.add("switchboard_database_writes_total", "Writes of callers; several share a commit.", writes)
        page.add("switchboard_database_failed_commits_total", "Commits that were refused by the disk or the engine.", failedCommits)
        page.add("switchboard_database_commit_seconds", "How long a commit with its fsync takes.", commitWaits)
    }
}
