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

    package init(_ number: Int, _ title: String, _ statements: [String]) {
        self.number = number
        self.title = title
        self.statements = statements
    }
}
