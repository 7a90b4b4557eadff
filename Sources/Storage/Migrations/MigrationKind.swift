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
        let kinds = hindrances.map(\.kind)
        return kinds.contains(.contract) ? .contract : kinds.contains(.data) ? .data : .expand
    }

    /// Whether the release before this migration works on the schema behind it: its author's word, else true only for additions.
    package var previousReleaseRuns: Bool { promise ?? hindrances.isEmpty }

    /// Everything in it that the release before has not reckoned with, whatever its author promised.
    package var hindrances: [Hindrance] {
        var own: Set<String> = []
        return statements.enumerated().compactMap { index, sql in
            let effect = StatementEffect(sql)
            if case .makesTable(let name) = effect { own.insert(name) }
            return effect.hindrance(sql, statement: index + 1, own: own)
        }
    }
}

/// A statement after which the release before may fail, or read what it does not understand.
package struct Hindrance: Hashable, Sendable, Codable {
    /// Of its migration, from 1.
    package let statement: Int
    /// `data` or `contract`.
    package let kind: MigrationKind
    /// In a few words, for people.
    package let reason: String
}
