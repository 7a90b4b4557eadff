import Vocabulary

/// The form of a client's key: `sb-` and 43 characters of base64url, 256 random bits.
struct KeyText {
    static let mark = "sb-"
    /// All of it.
    static let length = 46
    /// What is shown of it: six characters are enough to tell keys apart and leave 220 bits unknown.
    static let shown = 9

    let text: Secret<String>
    var prefix: String { String(text.reveal().prefix(Self.shown)) }

    static func make() -> KeyText {
        KeyText(text: Secret(mark + Token.make().text.reveal()))
    }

    /// Whether it could be one at all: what can't is not worth hashing.
    static func isShaped(_ presented: String) -> Bool {
        presented.utf8.count == length && presented.utf8.starts(with: mark.utf8)
    }
}
