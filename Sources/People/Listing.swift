import Vocabulary

extension Identifier {
    /// The id at which a list of this room goes on; nil at its beginning.
    static func place(of cursor: Cursor?) throws(PeopleError) -> String? {
        guard let cursor else { return nil }
        guard cursor.keys.count == 1, let key = cursor.keys.first, let id = Identifier(key) else { throw .cursorInvalid }
        return id.description
    }

    /// Above every id in any collation: the first digit of a ULID is at most 7.
    static var aboveAll: String { "8" }
}

extension Page {
    /// The first `limit` of `rows`, of which one more than that was asked for.
    init(_ rows: [Element], limit: Int, key: (Element) -> String) {
        let items = Array(rows.prefix(max(1, limit)))
        self.init(items: items, next: rows.count > items.count ? items.last.map { Cursor([key($0)]) } : nil)
    }
}
