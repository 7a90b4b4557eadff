import Crypto

/// The sums of a history, each of which covers the one before: a row that is edited, removed, added or moved breaks all that follow.
struct MigrationChain: Sendable {
    private(set) var head = ""

    /// Goes on by one migration; `head` is then its sum.
    mutating func add(id: String, checksum: String) {
        head = Hexadecimal.write(SHA256.hash(data: Array("\(head)\n\(id)\n\(checksum)".utf8)))
    }

    /// Follows `history`.
    /// - Throws: `MigratorError.brokenChain` at the first row that does not follow from those before it. Rows without a sum are those of
    ///   releases that kept none; behind a row with one there can't be any.
    static func check(_ history: [LandedMigration]) throws(MigratorError) -> MigrationChain {
        var chain = MigrationChain()
        var isSealed = false
        for landed in history {
            chain.add(id: landed.id, checksum: landed.checksum)
            guard let sum = landed.chain else {
                if isSealed { throw .brokenChain(migration: landed.id) }
                continue
            }
            guard sum == chain.head else { throw .brokenChain(migration: landed.id) }
            isSealed = true
        }
        return chain
    }
}
