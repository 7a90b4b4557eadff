/// A moment between two steps of a run at which a process can end: what tests stop at, one by one.
package enum MigrationBoundary: Hashable, Sendable {
    case begun
    case before(migration: String, statement: Int)
    case after(migration: String, statement: Int)
    case recorded(migration: String)
    case verified
    case committed

    package typealias Watch = @Sendable (MigrationBoundary) throws -> Void
}
