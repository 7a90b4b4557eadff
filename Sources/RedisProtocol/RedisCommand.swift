package import NIOCore

/// A command and its arguments.
package struct RedisCommand: Hashable, Sendable {
    package let words: [String]

    package init(_ words: String...) {
        self.words = words
    }

    package init(words: [String]) {
        self.words = words
    }

    /// Answered, in RESP3 and while listening, by a push.
    var isSubscription: Bool {
        words.first == "SUBSCRIBE" || words.first == "UNSUBSCRIBE"
    }

    /// A list of texts of known length: whatever is in them, they stay arguments.
    package func write(to buffer: inout ByteBuffer) {
        buffer.writeString("*\(words.count)\r\n")
        for word in words {
            buffer.writeString("$\(word.utf8.count)\r\n")
            buffer.writeString(word)
            buffer.writeString("\r\n")
        }
    }
}
