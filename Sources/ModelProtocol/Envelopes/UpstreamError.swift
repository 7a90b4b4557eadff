/// What a node says went wrong, in either family's words.
package struct UpstreamError: Error, Hashable, Sendable {
    /// Bytes of a body that are read.
    package static let bodyLimit = 64 << 10
    private static let wordLimit = 256
    private static let messageLimit = 4_096

    /// Such as `overloaded_error`; empty when none is given.
    package internal(set) var type = ""
    /// For people; empty when none is given or it is longer than 4,096 bytes.
    package internal(set) var message = ""
    /// Anthropic's `error.details.error_code`, else OpenAI's `error.code`.
    package internal(set) var code: String?

    /// An error with these words.
    package init(type: String, message: String, code: String? = nil) {
        self.type = type
        self.message = message
        self.code = code
    }

    /// A 429 of this kind never recovers by waiting: the organization's budget is used up until the next month.
    package var isSpendLimit: Bool { code == "enforced_spend_limit_reached" }

    /// Reads a whole error body; nil when it is no JSON, tells of no error, or is longer than 64 KiB.
    package init?(_ body: UnsafeRawBufferPointer) {
        guard body.count <= Self.bodyLimit else { return nil }
        var cursor = JSONCursor(body)
        do throws(JSONFault) {
            guard let read = try Self.read(&cursor), cursor.isAtEnd() else { return nil }
            self = read
        } catch { return nil }
    }

    /// `{"error":{…}}`, `{"error":"…"}`, `{"type":"error","code":…,"message":…}` and `{"message":…}`.
    private static func read(_ cursor: inout JSONCursor) throws(JSONFault) -> UpstreamError? {
        var outer = UpstreamError(type: "", message: "")
        var inner: UpstreamError?
        cursor.skipSpace()
        guard try cursor.entersObject() else { return nil }
        while let name = try cursor.nextName() {
            if cursor.says(name, "error") {
                inner = try UpstreamError(value: &cursor) ?? inner
            } else {
                try outer.take(name, &cursor)
            }
        }
        if let inner { return inner }
        return outer.message.isEmpty && outer.code == nil && outer.type != "error" ? nil : outer
    }

    /// The value of `error`; nil for null, false, an empty text and the like. The cursor goes past it in any case.
    init?(value cursor: inout JSONCursor) throws(JSONFault) {
        self.init(type: "", message: "")
        switch cursor.byte {
        case UInt8(ascii: "\""):
            let string = try cursor.string()
            guard string.end > string.start else { return nil }
            message = cursor.text(string, limit: Self.messageLimit) ?? ""
        case UInt8(ascii: "{"):
            var isEmpty = true
            try cursor.enterObject()
            while let name = try cursor.nextName() {
                isEmpty = false
                try take(name, &cursor)
            }
            if isEmpty { return nil }
        default:
            try cursor.skip()
            return nil
        }
    }

    /// One member of an error object.
    mutating func take(_ name: JSONString, _ cursor: inout JSONCursor) throws(JSONFault) {
        if cursor.says(name, "type") {
            type = try cursor.textValue(limit: Self.wordLimit) ?? type
        } else if cursor.says(name, "message") {
            message = try cursor.textValue(limit: Self.messageLimit) ?? message
        } else if cursor.says(name, "code"), code == nil {
            code = try cursor.textValue(limit: Self.wordLimit)
        } else if cursor.says(name, "details"), cursor.byte == UInt8(ascii: "{") {
            try takeDetails(&cursor)
        } else {
            try cursor.skip()
        }
    }

    private mutating func takeDetails(_ cursor: inout JSONCursor) throws(JSONFault) {
        try cursor.enterObject()
        while let name = try cursor.nextName() {
            if cursor.says(name, "error_code") {
                code = try cursor.textValue(limit: Self.wordLimit) ?? code
            } else {
                try cursor.skip()
            }
        }
    }
}
