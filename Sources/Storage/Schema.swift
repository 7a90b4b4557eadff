/// The tables of one room, as the numbered steps that made them.
package struct Schema: Sendable {
    /// The room, in lower case: the prefix of its migrations (`desk.0001`).
    package let room: String
    /// In order; a landed one is never edited, only followed.
    package let migrations: [Migration]

    package init(room: String, migrations: [Migration]) {
        self.room = room
        self.migrations = migrations
    }
}

/// One change of the schema.
package struct Migration: Sendable {
    /// From 1, dense within its room.
    package let number: Int
    /// A few words: what it changes.
    package let title: String
    /// Run in order, in one transaction with the history row where the engine allows it.
    package let statements: [String]
    /// Whether the release before it works on the changed schema, where its author says it; see `previousReleaseRuns`.
    let promise: Bool?
    /// By number of the statement, from 1: a query with a row exactly when the statement has been done. For engines whose DDL commits by
    /// itself, and only for statements whose effect can't be read from their text.
    let probes: [Int: String]

    /// - Parameters:
    ///   - previousReleaseRuns: nil leaves it to what the statements do: nothing but additions can't disturb the release before.
    ///   - doneWhen: by number of the statement, from 1: a query with a row exactly when it has been done.
    package init(
        _ number: Int, _ title: String, _ statements: [String], previousReleaseRuns: Bool? = nil, doneWhen probes: [Int: String] = [:]
    ) {
        self.number = number
        self.title = title
        self.statements = statements
        promise = previousReleaseRuns
        self.probes = probes
    }
}
