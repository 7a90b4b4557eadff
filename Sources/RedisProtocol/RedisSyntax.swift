/// Bytes that are no answer of a server; the connection they came on is of no use any more.
package enum RedisSyntaxError: Error, Hashable, Sendable {
    /// A value of no type that we know.
    case unknownType(UInt8)
    /// A number is not one, or a length is below −1.
    case badNumber
    /// Neither true nor false.
    case badBoolean
    /// A line or a text doesn't end in CR LF.
    case missingLineEnd
    /// A push inside of another value, or a key without its value.
    case misplaced
    case tooDeep
    case tooManyElements
    case tooLong
}

/// How large an answer may be: nothing is kept for what goes beyond.
package struct RedisSyntaxLimits: Hashable, Sendable {
    /// Lists within lists.
    package var depth = 8
    /// Of one answer, all lists together.
    package var elements = 65_536
    /// Bytes of one answer, all texts together.
    package var bytes = 8 << 20
    /// Bytes of a line: a number, a short text, an error.
    package var line = 8 << 10

    package init() {}
}
