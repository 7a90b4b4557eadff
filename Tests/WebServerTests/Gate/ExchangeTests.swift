import NIOHTTP1
import Testing

@testable import WebServer

@Suite("An exchange on HTTP/1.1")
struct ExchangeTests {
    private func connection(
        _ headers: [(String, String)] = [], version: HTTPVersion = .http1_1, status: HTTPResponseStatus = .ok, length: String? = "2",
        isRequestComplete: Bool = true, isDraining: Bool = false
    ) -> (header: String?, closes: Bool) {
        var exchange = Exchange(HTTPRequestHead(version: version, method: .POST, uri: "/", headers: HTTPHeaders(headers)))
        exchange.isRequestComplete = isRequestComplete
        var head = HTTPResponseHead(version: .http1_1, status: status)
        if let length { head.headers.add(name: "content-length", value: length) }
        exchange.begin(&head, isDraining: isDraining)
        return (head.headers["connection"].first, exchange.closesAfterwards)
    }

    @Test("keeps the connection unless something speaks against it")
    func keeps() {
        #expect(connection() == (nil, false))
        #expect(connection([("Connection", "close")]) == ("close", true))
        #expect(connection([("Upgrade", "h2c"), ("Connection", "Upgrade")]) == ("close", true))
        #expect(connection(isDraining: true) == ("close", true))
        #expect(connection(status: .payloadTooLarge, isRequestComplete: false) == ("close", true))
        #expect(connection(isRequestComplete: false) == (nil, false))
    }

    @Test("knows what HTTP/1.0 can't")
    func old() {
        #expect(connection(version: .http1_0) == ("close", true))
        #expect(connection([("Connection", "keep-alive")], version: .http1_0) == ("keep-alive", false))
        #expect(connection([("Connection", "keep-alive")], version: .http1_0, length: nil) == ("close", true))
    }

    @Test("reads an unwanted body up to a limit")
    func unwanted() {
        var exchange = Exchange(HTTPRequestHead(version: .http1_1, method: .POST, uri: "/"))
        let before = exchange.takesBody(10_000_000)
        #expect(before)
        exchange.endResponse()
        let (some, more) = (exchange.takesBody(Exchange.unwantedBodyLimit), exchange.takesBody(1))
        #expect(some && !more)
    }
}
