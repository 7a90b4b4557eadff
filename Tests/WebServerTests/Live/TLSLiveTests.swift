import NIOCore
import NIOSSL
import TestSupport
import Testing

@testable import WebServer

@Suite("TLS")
struct TLSLiveTests {
    @Test("carries HTTP/1.1 and sockets, and the plain port only redirects")
    func serves() async throws {
        let directory = try TemporaryDirectory()
        try await LiveServer.run(tls: .selfSigned(directory: directory.path)) { live in
            #expect(live.addresses.map(\.isSecure) == [true, false])
            let client = try await RawClient.connect(to: live.port, applicationProtocols: ["http/1.1"])
            try await client.send("GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            let answer = try await client.everything()
            #expect(answer.status == 200 && answer.hasSuffix("hello"))
            #expect(answer.lowercased().contains("strict-transport-security: max-age="))

            let socket = try await RawSocket.open("/echo", port: live.port, applicationProtocols: [])
            try await socket.send("secret")
            #expect(try await socket.nextText() == "secret")
            await socket.client.close()

            let plain = try await RawClient.connect(to: live.plainPort)
            try await plain.send("GET /hello?x=1 HTTP/1.1\r\nHost: localhost:1\r\n\r\n")
            let redirect = try await plain.everything()
            #expect(redirect.status == 308 && redirect.contains("location: https://localhost:\(live.port)/hello?x=1\r\n"))
            let health = try await RawClient.connect(to: live.plainPort)
            try await health.send("GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(try await health.everything().status == 200)
        }
    }

    @Test("gives a new certificate to new connections and keeps the old ones open")
    func reload() async throws {
        let certificates = try Certificates()
        try certificates.renew()
        let files = certificates.files
        try await LiveServer.run(tls: .files(certificate: files.certificate, key: files.key)) { live in
            let old = try await RawSocket.open("/echo", port: live.port, applicationProtocols: ["http/1.1"])
            let first = try await old.client.peerCertificate()
            try certificates.renew()
            #expect(live.server.reloadCertificate())
            let new = try await RawSocket.open("/echo", port: live.port, applicationProtocols: ["http/1.1"])
            #expect(try await new.client.peerCertificate() != first)
            try await old.send("still here")
            #expect(try await old.nextText() == "still here")
            await old.client.close()
            await new.client.close()
        }
    }

    @Test("closes who never shakes hands, and who speaks plain HTTP to it")
    func handshakes() async throws {
        let directory = try TemporaryDirectory()
        try await LiveServer.run(tls: .selfSigned(directory: directory.path), configure: { $0.timeouts.handshake = .milliseconds(150) }) {
            live in
            let silent = try await RawClient.connect(to: live.port)
            #expect(try await silent.everything() == "")
            let plain = try await RawClient.connect(to: live.port)
            try await plain.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            try await plain.wait { $0.isEnded }
            await plain.close()
        }
    }

    @Test("is not started with a certificate that can't be used")
    func broken() async throws {
        await #expect(throws: WebServerError.self) {
            try await LiveServer.run(tls: .files(certificate: "/nowhere/a.pem", key: "/nowhere/b.pem")) { _ in }
        }
    }
}

extension RawClient {
    /// The bytes of the server's certificate.
    func peerCertificate() async throws -> [UInt8] {
        try await channel.eventLoop.submit { [channel] in
            let handler = try channel.pipeline.syncOperations.handler(type: NIOSSLClientHandler.self)
            return try handler.peerCertificate?.toDERBytes() ?? []
        }.get()
    }
}
