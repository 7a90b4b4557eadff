import Storage

/// Which tables are copied, those that others refer to first, and what their migrations put into them.
///
/// Read from the migrations themselves, run in memory: so nothing has to be asked of the engines, whose catalogues differ.
struct CopyPlan: Sendable {
    let tables: [CopyTable]
    /// Rows that an empty house has, by table.
    let seeds: [String: Int]

    /// What belongs to a database or to the processes that work on it, not to the house; and what is made anew from the house's rows, as the
    /// tables of search, which the indexer fills on the target. Full-text tables are left out by their kind.
    static let left: Set<String> = [
        "schema_history", "schema_journal", "schema_lease", "storage_copy", "write_order", "writer", "fleet_instance", "fleet_lease",
        "presence", "presence_place", "sign_in_time", "search_position", "search_thread", "search_entry",
    ]

    /// - Throws: `MigratorError`, `StorageError`, `CopyError`: the program itself is at fault.
    static func make(_ schemas: [Schema]) throws -> CopyPlan {
        let memory = try SQLiteFile()
        for step in try MigrationPlan.make(history: [], schemas: schemas).pending {
            for statement in step.migration.statements { try memory.execute(statement, []) }
        }
        // Neither virtual tables nor those in which they keep what they know.
        let names = try memory.rows(
            """
            SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
                ORDER BY name
            """, []
        ).map { try $0.get(0, as: String.self) }.filter { !left.contains($0) }
        var seeds: [String: Int] = [:]
        var tables: [String: CopyTable] = [:]
        var needs: [String: Set<String>] = [:]
        for name in names {
            let table = try read(name, memory)
            tables[name] = table
            seeds[name] = try memory.row(table.count, [])?.get(0) ?? 0
            let parents = try memory.rows("SELECT DISTINCT \"table\" FROM pragma_foreign_key_list(?)", [.text(name)])
            needs[name] = Set(try parents.map { try $0.get(0, as: String.self) }).subtracting([name]).intersection(names)
        }
        return CopyPlan(tables: try sorted(names, needs).compactMap { tables[$0] }, seeds: seeds)
    }

    private static func read(_ name: String, _ memory: SQLiteFile) throws -> CopyTable {
        let columns = try memory.rows("SELECT name, pk FROM pragma_table_info(?) ORDER BY cid", [.text(name)]).map { row in
            (name: try row.get(0, as: String.self), place: try row.get(1, as: Int.self))
        }
        let key = columns.indices.filter { columns[$0].place > 0 }.sorted { columns[$0].place < columns[$1].place }
        guard !key.isEmpty else { throw CopyError.keyless(table: name) }
        return CopyTable(name: name, columns: columns.map(\.name), key: key)
    }

    /// Each behind all that it needs, otherwise in their order.
    static func sorted(_ names: [String], _ needs: [String: Set<String>]) throws -> [String] {
        var (done, order, rest) = (Set<String>(), [String](), names)
        while !rest.isEmpty {
            let ready = rest.filter { (needs[$0] ?? []).isSubset(of: done) }
            guard !ready.isEmpty else { throw CopyError.circle(tables: rest) }
            order += ready
            done.formUnion(ready)
            rest.removeAll { done.contains($0) }
        }
        return order
    }
}
