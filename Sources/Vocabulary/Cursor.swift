/// An opaque place in a list: what a client got as `next` and hands back unread.
package struct Cursor: Hashable, Sendable {
    /// The sort keys of the last row, in order.
    package let keys: [String]

    package init(_ keys: [String]) {
        self.keys = keys
    }

    /// Nil when `text` was not made by `text`.
    package init?(text: String) {
        guard text.utf8.count <= 512, let bytes = Base64URL.decode(text), let decoded = String(validating: bytes, as: UTF8.self) else {
            return nil
        }
        keys = decoded.split(separator: "\u{1F}", omittingEmptySubsequences: false).map(String.init)
    }

    /// Base64url of the keys.
    package var text: String {
        Base64URL.encode(Array(keys.joined(separator: "\u{1F}").utf8))
    }
}

/// One page of a list and where the next begins.
package struct Page<Element: Sendable>: Sendable {
    package let items: [Element]
    /// Nil when this was the last page.
    package let next: Cursor?

    package init(items: [Element], next: Cursor?) {
        self.items = items
        self.next = next
    }
}
