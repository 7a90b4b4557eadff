import NIOCore

/// The bytes of the benchmark's answers, made once.
enum BenchmarkAnswers {
    /// Content events of a stream; five more open and close it.
    static let count = 100

    /// A JSON body of 1,024 bytes.
    static let whole = ByteBuffer(
        string: "HTTP/1.1 200 OK\r\n\(headers)content-type: application/json\r\ncontent-length: 1024\r\n\r\n\(json)")

    static let headOnly = ByteBuffer(string: "HTTP/1.1 200 OK\r\n\(headers)content-type: application/json\r\ncontent-length: 1024\r\n\r\n")

    /// A whole stream in one piece.
    static let burst: ByteBuffer = {
        var bytes = streamStart
        for _ in 0..<count { bytes.writeImmutableBuffer(event(at: .uptimeNanoseconds(0))) }
        bytes.writeImmutableBuffer(streamEnd)
        return bytes
    }()

    static let streamStart: ByteBuffer = {
        let head =
            "HTTP/1.1 200 OK\r\n\(headers)content-type: text/event-stream; charset=utf-8\r\ncache-control: no-cache\r\ntransfer-encoding: chunked\r\n\r\n"
        let message =
            "{\"id\":\"msg_benchmark\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"claude-haiku-4-5-20251001\",\"content\":[],"
            + "\"stop_reason\":null,\"stop_sequence\":null,\"usage\":{\"input_tokens\":500,\"output_tokens\":1}}"
        let start = "event: message_start\ndata: {\"type\":\"message_start\",\"message\":\(message)}\n\n"
        let block =
            "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n"
        return ByteBuffer(string: head + chunk(start) + chunk(block))
    }()

    static let streamEnd = ByteBuffer(
        string: chunk("event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n")
            + chunk(
                "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\",\"stop_sequence\":null},"
                    + "\"usage\":{\"input_tokens\":500,\"output_tokens\":100}}\n\n")
            + chunk("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n") + "0\r\n\r\n")

    /// An event whose text is the time: 19 digits of nanoseconds.
    static func event(at time: NIODeadline) -> ByteBuffer {
        var bytes = eventStart
        let digits = String(time.uptimeNanoseconds)
        for _ in 0..<max(0, 19 - digits.utf8.count) { bytes.writeInteger(UInt8(ascii: "0")) }
        bytes.writeString(digits)
        bytes.writeImmutableBuffer(eventEnd)
        return bytes
    }

    private static let headers = "request-id: req_benchmark\r\n"

    private static let json: String = {
        let start =
            "{\"id\":\"msg_benchmark\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"claude-haiku-4-5-20251001\",\"content\":[{\"type\":\"text\",\"text\":\""
        let end = "\"}],\"stop_reason\":\"end_turn\",\"stop_sequence\":null,\"usage\":{\"input_tokens\":500,\"output_tokens\":200}}"
        return start + String(repeating: "x", count: max(0, 1_024 - start.utf8.count - end.utf8.count)) + end
    }()

    private static let eventText =
        "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\""

    private static let eventTail = "\"}}\n\n"

    private static let eventStart = ByteBuffer(
        string: String(eventText.utf8.count + 19 + eventTail.utf8.count, radix: 16) + "\r\n" + eventText)

    private static let eventEnd = ByteBuffer(string: eventTail + "\r\n")

    private static func chunk(_ text: String) -> String { "\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n" }
}
