package import NIOCore

/// What the node saw of one request.
package struct RequestRecord: Sendable {
    /// Counts from 1 over the node's life.
    package let number: Int
    /// Which connection it came over, counted from 1.
    package let connection: Int
    package let method: String
    /// As it was sent, with query.
    package let target: String
    /// In their order, names as they were written.
    package let headers: [(name: String, value: String)]
    /// Milliseconds since 1970, when the head was there.
    package let at: Int
    /// Of the bytes that have come so far; of all when `isWhole`.
    package internal(set) var length = 0
    /// Lower-case hexadecimal; empty until `isWhole`.
    package internal(set) var sha256 = ""
    /// The body while the node keeps it: the youngest 64 MiB of all requests.
    package internal(set) var body: ByteBuffer?
    package internal(set) var isWhole = false
    /// As written in the script; nil: none.
    package internal(set) var fault: String?
    /// 0 until an answer has begun.
    package internal(set) var status = 0
    /// Milliseconds from the head's arrival: the whole request was there, the first byte of an answer was written, the answer was complete.
    package internal(set) var receivedAfter: Int?
    package internal(set) var startedAfter: Int?
    package internal(set) var endedAfter: Int?
    /// Of the answer's body, or of what was sent of it before a fault ended it.
    package internal(set) var answerLength = 0
    package internal(set) var answerSHA256 = ""
    /// The client closed the connection before its answer was complete.
    package internal(set) var leftEarly = false
}

extension RequestRecord {
    func json(withBody: Bool) -> JSON {
        var members: [(String, JSON)] = [
            ("number", .integer(number)), ("connection", .integer(connection)), ("method", .string(method)), ("target", .string(target)),
            ("headers", .array(headers.map { [.string($0.name), .string($0.value)] })), ("at", .integer(at)), ("length", .integer(length)),
            ("sha256", .string(sha256)), ("whole", .bool(isWhole)), ("fault", fault.map { .string($0) } ?? .null),
            ("status", .integer(status)),
            ("receivedAfter", RequestRecord.count(receivedAfter)), ("startedAfter", RequestRecord.count(startedAfter)),
            ("endedAfter", RequestRecord.count(endedAfter)), ("answerLength", .integer(answerLength)),
            ("answerSHA256", .string(answerSHA256)),
            ("leftEarly", .bool(leftEarly)),
        ]
        if withBody { members.append(("body", body.map { .string($0.base64) } ?? .null)) }
        return .object(members.map { JSON.Member(name: $0.0, value: $0.1) })
    }

    private static func count(_ value: Int?) -> JSON { value.map { .integer($0) } ?? .null }
}
