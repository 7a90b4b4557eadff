/// An error of our own, written as the client's protocol writes errors (docs/gateway.md section 9).
package struct ErrorEnvelope: Hashable, Sendable {
    /// Anthropic's word for the kind, which OpenAI's clients read as well: `rate_limit_error`, `api_error` …
    package let type: String
    /// For people: what to do.
    package let message: String
    /// Ours, such as `gateway.key_unknown`.
    package let code: String
    /// Ours, as in `x-request-id`.
    package let requestID: String

    /// An error with these words.
    package init(type: String, message: String, code: String, requestID: String) {
        self.type = type
        self.message = message
        self.code = code
        self.requestID = requestID
    }

    /// The body of a response (`application/json`).
    package func body(for family: ModelFamily) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(160 + message.utf8.count)
        append(for: family, to: &bytes)
        return bytes
    }

    /// The last event of a stream that has begun. JSON escapes line ends, so the message can't break out of its line.
    package func event(for family: ModelFamily) -> [UInt8] {
        var bytes = Array((family == .anthropic ? "event: error\ndata: " : "data: ").utf8)
        append(for: family, to: &bytes)
        bytes.append(contentsOf: "\n\n".utf8)
        return bytes
    }

    private func append(for family: ModelFamily, to bytes: inout [UInt8]) {
        switch family {
        case .anthropic:
            bytes.append(contentsOf: #"{"type":"error","error":{"type":"#.utf8)
            JSONText.append(type, to: &bytes)
            bytes.append(contentsOf: #","message":"#.utf8)
            JSONText.append(message, to: &bytes)
            bytes.append(contentsOf: #"},"request_id":"#.utf8)
            JSONText.append(requestID, to: &bytes)
            bytes.append(UInt8(ascii: "}"))
        case .openAI:
            bytes.append(contentsOf: #"{"error":{"message":"#.utf8)
            JSONText.append(message, to: &bytes)
            bytes.append(contentsOf: #","type":"#.utf8)
            JSONText.append(type, to: &bytes)
            bytes.append(contentsOf: #","param":null,"code":"#.utf8)
            JSONText.append(code, to: &bytes)
            bytes.append(contentsOf: "}}".utf8)
        }
    }
}
