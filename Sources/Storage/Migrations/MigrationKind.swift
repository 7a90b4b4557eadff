/// What a migration does to those who work on the schema: expand before contract.
package enum MigrationKind: String, Hashable, Sendable, Codable, CaseIterable {
    /// Adds what nobody has to know of.
    case expand
    /// Changes rows that are there.
    case data
    /// Takes away or tightens what an older program may rely on.
    case contract
}

extension Migration {
    /// By the worst of its statements. Rows of a table that it makes itself are nobody's yet.
    package var kind: MigrationKind {
        var own: Set<String> = []
        var kinds: [MigrationKind] = []
        for statement in statements {
            let effect = StatementEffect(statement)
            if case .makesTable(let name) = effect { own.insert(name) }
            kinds.append(effect.kind(withOwn: own))
        }
        return kinds.contains(.contract) ? .contract : kinds.contains(.data) ? .data : .expand
    }

    /// Whether the release before this migration works on the schema behind it: its author's word, else true only for additions.
    package var previousReleaseRuns: Bool { promise ?? (kind == .expand) }
}

extension StatementEffect {
    /// - Parameter own: tables that the same migration makes.
    func kind(withOwn own: Set<String>) -> MigrationKind {
        switch self {
        case .makesTable, .makesView, .addsColumn: .expand
        case .makesIndex(_, let table, let isUnique): isUnique && !own.contains(table) ? .contract : .expand
        case .makesTrigger: .contract
        case .changesRows(let table): own.contains(table) ? .expand : .data
        case .renamesTable, .renamesColumn, .dropsColumn, .drops, .unknown: .contract
        }
    }
}
