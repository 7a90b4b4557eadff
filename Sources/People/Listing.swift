import Vocabulary

extension Identifier {
    /// The id at which a list of this room goes on.
    init(listCursor cursor: Cursor) throws(PeopleError) {
        guard cursor.keys.count == 1, let key = cursor.keys.first, let id = Identifier(key) else { throw .cursorInvalid }
        self = id
    }
}

extension Page {
    /// The first `limit` of `rows`, of which one more than that was asked for.
    init(_ rows: [Element], limit: Int, key: (Element) -> String) {
        let items = Array(rows.prefix(max(1, limit)))
        self.init(items: items, next: rows.count > items.count ? items.last.map { Cursor([key($0)]) } : nil)
    }
}
