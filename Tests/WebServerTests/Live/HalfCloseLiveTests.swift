import Foundation
import Hummingbird
import NIOCore
import TestSupport
import Testing

@testable import WebServer

@Suite("A half-close")
struct HalfCloseLiveTests {
    private static let hello = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"

    /// Asks, shuts the writing side in the same breath, and returns all that comes.
    private func ask(_ text: String, of live: LiveServer, applicationProtocols: [String]? = nil) async throws -> String {
        let client = try await RawClient.connect(to: live.port, applicationProtocols: applicationProtocols)
        client.sendBlindly(ByteBuffer(string: text))
        try await client.halfClose()
        return try await client.everything()
    }

    @Test("right after a whole request still gets the answer, and then the end")
    func answered() async throws {
        try await LiveServer.run { live in
            let text = try await ask(Self.hello, of: live)
            #expect(text.status == 200 && text.hasSuffix("hello"))
            let body = try await ask(
                "POST /length HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 4\r\n\r\n1234", of: live)
            #expect(body.status == 200 && body.hasSuffix("4"))
        }
    }

    @Test("under TLS is the client's goodbye, and gets the answer too")
    func answeredUnderTLS() async throws {
        let directory = try TemporaryDirectory()
        try await LiveServer.run(tls: .selfSigned(directory: directory.path)) { live in
            let text = try await ask(Self.hello, of: live, applicationProtocols: ["http/1.1"])
            #expect(text.status == 200 && text.hasSuffix("hello"))
        }
    }

    @Test("behind several requests gets all answers, in order")
    func pipelined() async throws {
        try await LiveServer.run(routes: { router in
            router.get("n/:number") { _, context in "<\(context.parameters.get("number") ?? "")>" }
        }) { live in
            let text = try await ask((1...20).map { "GET /n/\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined(), of: live)
            let bodies = text.components(separatedBy: "<").dropFirst().compactMap { $0.components(separatedBy: ">").first }
            #expect(bodies == (1...20).map(String.init))
        }
    }

    @Test("cuts no large answer short, also of a client that reads late")
    func large() async throws {
        let size = 16 * 1_024 * 1_024
        try await LiveServer.run(
            configure: { ($0.timeouts.linger, $0.timeouts.halfClosed) = (.milliseconds(50), .milliseconds(200)) },
            routes: { router in
                router.get("large") { _, _ in
                    Response(status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(repeating: 0x61, count: size)))
                }
            }
        ) { live in
            let client = try await RawClient.connect(to: live.port)
            try await client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
            try await client.halfClose()
            try await client.wait(for: "HTTP/1.1 200")
            try await client.channel.setOption(.autoRead, value: false).get()
            try await Task.sleep(for: .milliseconds(500))
            try await client.channel.setOption(.autoRead, value: true).get()
            let heard = try await client.wait { $0.isEnded }
            #expect(heard.bytes.readableBytes > size)
            await client.close()
        }
    }

    @Test("in the middle of a request ends it, and on an idle connection ends that")
    func unfinished() async throws {
        try await LiveServer.run { live in
            let body = try await ask(
                "POST /length HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n123", of: live)
            #expect(body.isEmpty || body.status == 400)
            let head = try await ask("GET /hel", of: live)
            #expect(head.isEmpty || head.status == 400)
            #expect(try await ask("", of: live).isEmpty)
            #expect(try await ask(RawSocket.request("/echo"), of: live).contains(" 200 ") == false)
        }
    }
}
