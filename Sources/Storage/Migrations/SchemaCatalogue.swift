/// Whether what a statement makes is there already, perhaps made by hand.
package enum Presence: Hashable, Sendable {
    /// Not there: the statement has to run.
    case absent
    /// There, and exactly as the statement would make it: taken over.
    case identical
    /// There, and something else.
    case different(SchemaDrift)
    /// The statement's text does not tell.
    case unknown
}

/// What an engine's catalogue says of a schema, and the engine's own words around migrations: one for each engine.
package protocol SchemaCatalogue: Sendable {
    /// Whether the effect of `sql` is there already.
    func presence(of sql: String, on connection: any SQLConnection) throws -> Presence
    /// The names of a table's columns in lower case; empty when there is no such table.
    func columns(of table: String, on connection: any SQLConnection) throws -> Set<String>
    /// Makes the table of the history, without the columns that came later.
    var historyTable: String { get }
    /// The column by which the history's rows stand in the order of their coming.
    var historyOrder: String { get }
    /// Begins a transaction in which rows are changed, in the one order of writes.
    func begin(on connection: any SQLConnection) throws
}
