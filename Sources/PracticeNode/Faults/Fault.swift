/// What goes wrong with an answer, on purpose. Written as `name` or `name:argument:argument`; docs/practice-node.md explains each.
package enum Fault: Sendable, Hashable {
    case none
    // The connection
    case refuse(seconds: Int)
    case blackHole
    case slow(milliseconds: Int)
    case drip(bytes: Int, milliseconds: Int)
    case resetBeforeHead, resetAfterHead, resetAfterStart, resetMidContent
    case closeBeforeHead, closeMidContent
    case hangAfterHead, hangAfterStart, hangMidContent
    // Errors of a vendor
    case status(Int, retryAfter: Int?)
    case spendLimit, usageLimit
    case errorEarly(type: String), errorLate(type: String)
    // Broken answers
    case garbage, malformedEvents, notHTTP, truncated
    case oversizedHeader(bytes: Int)
    case lengthTooLong, lengthTooShort
    case redirect(to: String)
    case gzip
    // Right answers in uncommon forms
    case huge(mebibytes: Int)
    case crlf, bytewise, cutUTF8
    case paced(milliseconds: Int, count: Int)
    case lateContent(milliseconds: Int)
    case earlyHints
}
