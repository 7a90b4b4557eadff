package import NIOCore

/// What a server answers: RESP2 and RESP3 alike.
///
/// Source: redis.io/docs/latest/develop/reference/protocol-spec
package enum RedisValue: Hashable, Sendable {
    /// A short text: `OK`; also a number too large for 64 bits.
    case text(String)
    /// A refusal, beginning with its code: `NOAUTH Authentication required.`
    case error(String)
    case integer(Int64)
    case double(Double)
    case boolean(Bool)
    /// Any bytes.
    case bytes(ByteBuffer)
    case null
    /// A list or a set.
    case array([RedisValue])
    /// Key, value, key, value …
    case map([RedisValue])
    /// Not an answer: a message of a channel, and in RESP3 also the word that a channel is listened to.
    case push([RedisValue])

    /// The text of a text, of bytes that are UTF-8, and of an integer; else nil.
    package var string: String? {
        switch self {
        case .text(let text): text
        case .bytes(let bytes): String(validating: bytes.readableBytesView, as: UTF8.self)
        case .integer(let number): String(number)
        default: nil
        }
    }

    /// The number of an integer, or of a text that is one; else nil.
    package var number: Int64? {
        switch self {
        case .integer(let number): number
        case .text, .bytes: string.flatMap { Int64($0) }
        default: nil
        }
    }

    /// The elements of a list, set, map or push; else nil.
    package var elements: [RedisValue]? {
        switch self {
        case .array(let elements), .map(let elements), .push(let elements): elements
        default: nil
        }
    }

    /// The value that follows `key` in a map (RESP3), or in a list in place of one (RESP2).
    package subscript(key: String) -> RedisValue? {
        guard let elements else { return nil }
        for (index, element) in elements.enumerated() where index.isMultiple(of: 2) && element.string == key {
            return elements.dropFirst(index + 1).first
        }
        return nil
    }
}
