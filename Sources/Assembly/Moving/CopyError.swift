/// Why a database was not copied, with a code that logs and tests compare.
package enum CopyError: Error, Equatable, Sendable {
    /// An address that is none, or the same twice.
    case address(String)
    /// The source lacks migrations of this program.
    case sourceBehind(pending: [String])
    /// The target has rows that no copy put there.
    case targetTaken(table: String, rows: Int)
    /// The target holds the beginning of a copy.
    case begun
    /// The target holds a whole copy.
    case finished
    /// The beginning in the target is of another database.
    case anotherSource
    /// There is nothing to go on with.
    case nothingBegun
    /// An instance works on the target.
    case targetInUse(instances: [String])
    /// The source has other rows than when the copy began.
    case sourceChanged(table: String)
    /// The target has not what was put there.
    case notIdentical(table: String, wanted: Int, found: Int)
    /// Tables refer to each other in a circle.
    case circle(tables: [String])
    /// A table without a primary key can't be read page by page.
    case keyless(table: String)
    /// The database of a server is the target of a copy that is not finished.
    case unfinished

    /// Stable, for logs and tests.
    package var code: String {
        switch self {
        case .address: "copy.address"
        case .sourceBehind: "copy.source_behind"
        case .targetTaken: "copy.target_taken"
        case .begun: "copy.begun"
        case .finished: "copy.finished"
        case .anotherSource: "copy.another_source"
        case .nothingBegun: "copy.nothing_begun"
        case .targetInUse: "copy.target_in_use"
        case .sourceChanged: "copy.source_changed"
        case .notIdentical: "copy.not_identical"
        case .circle: "copy.circle"
        case .keyless: "copy.keyless"
        case .unfinished: "copy.unfinished"
        }
    }
}

extension CopyError: CustomStringConvertible {
    /// One sentence for the person who has to do something about it.
    package var description: String {
        switch self {
        case .address(let reason): reason
        case .sourceBehind(let pending):
            "the source lacks \(pending.joined(separator: ", ")); run `switchboard migrate apply` on it first"
        case .targetTaken(let table, let rows):
            "the target is not empty (table \(table) has \(rows) rows that no copy put there); copy into an empty database"
        case .begun: "a copy into this target was begun and not finished; go on with --resume, or empty the target"
        case .finished: "the target holds a whole copy already; nothing is left to do"
        case .anotherSource: "the copy that was begun in this target is of another database; resume with that source, or empty the target"
        case .nothingBegun: "no copy was begun in this target; leave --resume out"
        case .targetInUse(let instances):
            "the target is in use by \(instances.joined(separator: ", ")); stop what runs on it, and try again a minute later"
        case .sourceChanged(let table):
            "the source has changed since the copy began (table \(table)); stop what writes to it, empty the target, and begin again"
        case .notIdentical(let table, let wanted, let found):
            "the copy is not what was copied: table \(table) has \(wanted) rows in the source and \(found) in the target, or others; "
                + "empty the target and begin again"
        case .circle(let tables): "tables refer to each other in a circle: \(tables.joined(separator: ", "))"
        case .keyless(let table): "table \(table) has no primary key"
        case .unfinished:
            "this database is the target of a copy that is not finished; go on with `switchboard storage copy … --resume`, or empty it"
        }
    }
}
