import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import WebServer

@Suite("The front gate")
struct GateLiveTests {
    @Test("answers pipelined requests in order, also where a refusal ends them")
    func pipelined() async throws {
        try await LiveServer.run(routes: { router in
            router.get("n/:number") { _, context in "<\(context.parameters.get("number") ?? "")>" }
        }) { live in
            let good = (1...50).map { "GET /n/\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined()
            let text = try await live.ask(good + "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\nGET /n/51 HTTP/1.1\r\nHost: a\r\n\r\n")
            let bodies = text.components(separatedBy: "<").dropFirst().compactMap { $0.components(separatedBy: ">").first }
            #expect(bodies == (1...50).map(String.init))
            #expect(text.count(of: "HTTP/1.1 200") == 50)
            #expect(text.count(of: "HTTP/1.1 400") == 1)
            #expect(text.hasSuffix("}"))
        }
    }

    @Test("answers what is due before it complains of what follows")
    func brokenSecond() async throws {
        try await LiveServer.run { live in
            let text = try await live.ask("GET /hello HTTP/1.1\r\nHost: a\r\n\r\nNONSENSE\r\n\r\n")
            #expect(text.hasPrefix("HTTP/1.1 200"))
            #expect(text.contains("HTTP/1.1 400") && text.contains("web.bad_request"))
        }
    }

    struct Malformed: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let request: String
        let status: Int

        init(_ name: String, _ request: String, _ status: Int) {
            testDescription = name
            self.request = request
            self.status = status
        }
    }

    static let malformedRequests = [
        Malformed("no HTTP", "NONSENSE\r\n\r\n", 400), Malformed("control characters", "\u{0}\u{1}\u{2}\r\n", 400),
        Malformed("HTTP/9.9", "GET / HTTP/9.9\r\n\r\n", 505), Malformed("HTTP/2 in plain", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505),
        Malformed("no host", "GET / HTTP/1.1\r\n\r\n", 400),
        Malformed("a header with a space", "GET / HTTP/1.1\r\nHost: a\r\nBad Header: x\r\n\r\n", 400),
        Malformed("a negative length", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400),
        Malformed("a bad chunk", "POST /length HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        Malformed(
            "two lengths", "POST /length HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        Malformed("a long target", "GET /\(String(repeating: "a", count: 9_000)) HTTP/1.1\r\nHost: a\r\n\r\n", 414),
        Malformed("a long header", "GET / HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "a", count: 40_000))\r\n\r\n", 431),
        Malformed("many headers", "GET / HTTP/1.1\r\nHost: a\r\n\(String(repeating: "X: y\r\n", count: 200))\r\n", 431),
        Malformed("CONNECT", "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n", 501),
    ]

    @Test("answers every malformed request with a problem and closes", arguments: malformedRequests)
    func malformed(_ one: Malformed) async throws {
        try await LiveServer.run { live in
            let text = try await live.ask(one.request)
            #expect(text.status == one.status, "\(text)")
            #expect(text.contains("application/problem+json"))
            #expect(text.lowercased().contains("connection: close"))
        }
    }

    @Test("upgrades a fresh connection and leaves nothing of HTTP on it")
    func upgrade() async throws {
        try await LiveServer.run { live in
            let socket = try await RawSocket.open("/echo", port: live.port)
            try await socket.send("hello 你好")
            #expect(try await socket.nextText() == "hello 你好")
            await socket.client.close()
        }
    }

    @Test("upgrades with frames sent right behind the request, and after requests on the same connection")
    func upgradeLate() async throws {
        try await LiveServer.run { live in
            let client = try await RawClient.connect(to: live.port)
            var bytes = ByteBuffer(string: "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n" + RawSocket.request("/echo"))
            bytes.writeImmutableBuffer(RawSocket.frame(1, Array("early".utf8)))
            try await client.send(bytes)
            let heard = try await client.wait { $0.text.contains("101 Switching") && $0.text.hasSuffix("early") }
            #expect(heard.text.hasPrefix("HTTP/1.1 200"))
            try await client.send(RawSocket.frame(1, Array("later".utf8)))
            try await client.wait(for: "later")
            try await client.send(RawSocket.frame(8, [0x03, 0xE8]))
            try await client.wait { $0.isEnded }
            await client.close()
        }
    }

    @Test("loses no refused upgrade: the route's problem, the router's answer, then the end")
    func refusedUpgrades() async throws {
        let closed = SocketRoute(
            matches: { $0 == "/closed" }, decide: { _ in .refuse(Problem(.forbidden, code: "test.closed", detail: "No.")) })
        try await LiveServer.run(sockets: [closed]) { live in
            let refused = try await live.ask(RawSocket.request("/closed"))
            #expect(refused.status == 403 && refused.contains("test.closed"))
            let unknown = try await live.ask(RawSocket.request("/hello"))
            #expect(unknown.status == 200 && unknown.hasSuffix("hello"))
            let cleartext = try await live.ask(
                "GET /hello HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n"
            )
            #expect(cleartext.status == 200 && cleartext.hasSuffix("hello"))
            let wrongVersion = try await live.ask(RawSocket.request("/closed").replacingOccurrences(of: "Version: 13", with: "Version: 8"))
            #expect(wrongVersion.status == 426 && wrongVersion.lowercased().contains("sec-websocket-version: 13"))
            let notASocket = try await live.ask("GET /closed HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(notASocket.status == 426 && notASocket.contains("web.websocket_expected"))
        }
    }

    @Test("closes and cancels the route's work when the client goes, whole or by half, and no answer begins in time")
    func clientGoes() async throws {
        for isHalf in [true, false] {
            let (begun, cancelled) = (Signal(), Signal())
            try await LiveServer.run(
                configure: { $0.timeouts.halfClosed = .milliseconds(50) },
                routes: { router in
                    router.get("wait") { _, _ in
                        begun.give()
                        do { try await Task.sleep(for: .seconds(60)) } catch { cancelled.give() }
                        return "late"
                    }
                }
            ) { live in
                let client = try await RawClient.connect(to: live.port)
                try await client.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n")
                await begun.wait()
                if isHalf { try await client.halfClose() } else { await client.close() }
                await cancelled.wait()
                await client.close()
            }
        }
    }

    @Test("says 100 to who waits for it, and 413 to who announces too much")
    func expectations() async throws {
        try await LiveServer.run { live in
            let client = try await RawClient.connect(to: live.port)
            let head =
                "POST /length HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nConnection: close\r\nContent-Length: "
            try await client.send(head + "4\r\n\r\n")
            try await client.wait(for: "HTTP/1.1 100 Continue\r\n\r\n")
            try await client.send("1234")
            #expect(try await client.everything().hasSuffix("\r\n\r\n4"))
            let tooMuch = try await live.ask("POST /length HTTP/1.1\r\nHost: a\r\nContent-Length: 70000\r\n\r\n")
            #expect(tooMuch.status == 413 && tooMuch.contains("web.body_too_large"))
        }
    }

    @Test("refuses a body that grows too large without announcing it")
    func chunkedBody() async throws {
        try await LiveServer.run { live in
            let client = try await RawClient.connect(to: live.port)
            try await client.send(
                "POST /length HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
            for _ in 0..<20 { client.sendBlindly(ByteBuffer(string: "1000\r\n" + String(repeating: "x", count: 4_096) + "\r\n")) }
            #expect(try await client.everything().status == 413)
        }
    }
}
