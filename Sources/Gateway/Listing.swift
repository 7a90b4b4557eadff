import Vocabulary

extension Identifier {
    /// The id before which a list, newest first, goes on; at its beginning one above every id in any collation (the first digit of a ULID
    /// is at most 7).
    static func place(of cursor: Cursor?) throws(GatewayError) -> String {
        guard let cursor else { return "8" }
        guard cursor.keys.count == 1, let key = cursor.keys.first, let id = Identifier(key) else { throw .cursorInvalid }
        return id.description
    }
}

extension Int {
    /// A page has 1–200 rows.
    var asPageLimit: Int { clamped(to: 1...200) }
}

extension Comparable {
    func clamped(to range: ClosedRange<Self>) -> Self {
        min(max(self, range.lowerBound), range.upperBound)
    }
}
