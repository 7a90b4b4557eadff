import NIOCore
import NIOHTTP1
import Testing

@testable import WebServer

@Suite("A relayed response as bytes")
struct RelayOutputTests {
    private func output(
        _ status: HTTPResponseStatus = .ok, _ headers: HTTPHeaders = [:], terms: Exchange.Terms = Exchange.Terms(), isHead: Bool = false
    ) -> RelayOutput {
        let head = HTTPResponseHead(version: .http1_1, status: status, headers: headers)
        let length = ResponseLength(head, isHead: isHead)
        return RelayOutput(
            head, terms: terms, extra: [(name: "x-request-id", value: "r")], isBodyless: length.isBodyless, length: length.expected)
    }

    private func text(_ pieces: RelayOutput.Pieces) -> String {
        ([pieces.first] + pieces.rest).map { String(buffer: $0) }.joined()
    }

    /// All of a response at once.
    private func whole(_ output: RelayOutput, _ parts: [ByteBuffer] = [], _ trailers: HTTPHeaders? = nil) -> RelayOutput.Pieces {
        var output = output
        for part in parts { _ = output.add(part) }
        return output.takeLast(trailers)
    }

    @Test("what came between two flushes is one buffer and one chunk")
    func chunks() {
        var output = output(.ok, ["Content-Type": "text/event-stream"])
        let isDue = ["data: a\n\n", "", "data: b\n\n"].map { output.add(ByteBuffer(string: $0)) }
        let (start, nothing) = (output.take(), output.take())
        #expect(isDue == [false, false, false] && start.rest.isEmpty && text(nothing).isEmpty)
        #expect(
            text(start) == "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nx-request-id: r\r\ntransfer-encoding: chunked\r\n\r\n"
                + "12\r\ndata: a\n\ndata: b\n\n\r\n")
        #expect(text(whole(output, [ByteBuffer(string: "c")], ["digest": "x"])) == "1\r\nc\r\n0\r\ndigest: x\r\n\r\n")
    }

    @Test("a body of known length follows the head as it is, however large")
    func length() {
        let small = whole(output(.ok, ["content-length": "2"]), [ByteBuffer(string: "ok")])
        #expect(text(small) == "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nx-request-id: r\r\n\r\nok")
        let part = ByteBuffer(repeating: 0x61, count: 20_000)
        var large = output(.ok, ["content-length": "40000"])
        let isDue = [part, part].map { large.add($0) }
        let pieces = large.takeLast(nil)
        #expect(isDue == [false, true] && pieces.rest == [part, part] && String(buffer: pieces.first).hasSuffix("\r\n\r\n"))
        #expect(text(whole(output(), [part])).hasSuffix("\r\n\r\n4e20\r\n\(String(buffer: part))\r\n0\r\n\r\n"))
    }

    @Test("a node does not speak for our connection, and a response without a body has no end of one")
    func heads() {
        let foreign = output(
            .tooManyRequests, ["Connection": "close", "Transfer-Encoding": "chunked", "X-Request-Id": "theirs", "retry-after": "3"],
            terms: Exchange.Terms(connection: "keep-alive"))
        #expect(
            text(whole(foreign)) == "HTTP/1.1 429 Too Many Requests\r\nretry-after: 3\r\nx-request-id: r\r\nconnection: keep-alive\r\n"
                + "transfer-encoding: chunked\r\n\r\n0\r\n\r\n")
        let head = whole(output(.ok, ["content-length": "9"], isHead: true))
        #expect(text(head) == "HTTP/1.1 200 OK\r\ncontent-length: 9\r\nx-request-id: r\r\n\r\n")
        let unmodified = whole(output(.notModified, ["content-length": "9", "etag": "e"]))
        #expect(text(unmodified) == "HTTP/1.1 304 Not Modified\r\netag: e\r\nx-request-id: r\r\n\r\n")
        let old = whole(output(terms: Exchange.Terms(version: .http1_0, connection: "close")), [ByteBuffer(string: "a")])
        #expect(text(old) == "HTTP/1.0 200 OK\r\nx-request-id: r\r\nconnection: close\r\n\r\na")
        let overloaded = whole(output(.custom(code: 529, reasonPhrase: ""), ["content-length": "0"]))
        #expect(text(overloaded).hasPrefix("HTTP/1.1 529 \r\n"))
    }
}
