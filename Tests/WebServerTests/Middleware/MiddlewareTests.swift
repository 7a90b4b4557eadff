import CZlib
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import TestSupport
import Testing

@testable import WebServer

/// A router asked without a network.
private struct Asked {
    let response: Response
    let body: ByteBuffer

    var text: String { String(buffer: body) }

    init(
        _ method: HTTPRequest.Method = .get, _ path: String = "/", headers: HTTPFields = [:], body: String? = nil, isSecure: Bool = false,
        logger: Logger = .silent, routes: (Router<RequestScope>) -> Void
    ) async throws {
        let router = Router(context: RequestScope.self)
        router.addHouseMiddleware()
        routes(router)
        var source = RequestSource(logger: logger, isSecure: isSecure)
        source.methods = RouteMethods(of: router)
        var head = HTTPRequest(
            method: method, scheme: isSecure ? "https" : "http", authority: "desk.example", path: path, headerFields: headers)
        if let body { head.headerFields[.contentLength] = "\(body.utf8.count)" }
        let request = Request(head: head, body: .init(buffer: ByteBuffer(string: body ?? "")))
        response = try await router.buildResponder().respond(to: request, context: RequestScope(source: source))
        self.body = try await Gathered.bytes(of: response.body)
    }
}

private final class Gathered: ResponseBodyWriter {
    var bytes = ByteBuffer()

    static func bytes(of body: ResponseBody) async throws -> ByteBuffer {
        let gathered = Gathered()
        try await body.write(gathered)
        return gathered.bytes
    }

    func write(_ buffer: ByteBuffer) async throws {
        bytes.writeImmutableBuffer(buffer)
    }

    func finish(_ trailingHeaders: HTTPFields?) async throws {}
}

@Suite("Middleware")
struct MiddlewareTests {
    private func hello(_ router: Router<RequestScope>) {
        router.get("hello") { _, _ in "hello" }
        router.post("hello") { request, _ in "\(try await request.body.collect(upTo: JSONBody.limit).readableBytes)" }
        router.get("fail") { _, _ -> String in throw CocoaError(.fileNoSuchFile, userInfo: [NSFilePathErrorKey: "/secret/path"]) }
        router.get("page") { _, _ in
            Response(status: .ok, headers: [.contentType: "text/html; charset=utf-8"], body: .init(byteBuffer: ByteBuffer(string: "<p>")))
        }
        router.get("framed") { _, _ in
            let policy = ContentPolicy.page.allowing(scriptDigest: "abc=").framed(by: ["https://shop.example", "evil; script-src *"])
            return Response(status: .ok, headers: [.contentType: "text/html", .contentSecurityPolicy: policy.text])
        }
    }

    @Test("echoes a harmless request id and makes one otherwise")
    func requestIDs() async throws {
        let name = try #require(HTTPField.Name("x-request-id"))
        #expect(try await Asked(.get, "/hello", headers: [name: "my-id"], routes: hello).response.headers[name] == "my-id")
        let made = try await Asked(.get, "/hello", headers: [name: "bad id"], routes: hello).response.headers[name]
        #expect(made?.utf8.count == 13)
    }

    @Test("logs a line per request, without query or body")
    func accessLog() async throws {
        let log = CapturedLog()
        _ = try await Asked(.get, "/hello?token=secret", logger: log.logger(), routes: hello)
        let line = try #require(log.lines.first { $0.contains("path=/hello") || $0.contains("/hello") })
        #expect(line.contains("200") && line.contains("GET") && !line.contains("secret"))
    }

    @Test("tells unknown addresses from wrong methods, and tells nothing of what went wrong inside")
    func problems() async throws {
        let unknown = try await Asked(.get, "/nowhere", routes: hello)
        #expect(unknown.response.status == .notFound && unknown.text.contains("web.not_found"))
        let wrong = try await Asked(.put, "/hello", headers: [.contentType: "application/json"], routes: hello)
        #expect(wrong.response.status == .methodNotAllowed && wrong.response.headers[.allow] == "GET, POST")
        let log = CapturedLog()
        let failed = try await Asked(.get, "/fail", logger: log.logger(), routes: hello)
        #expect(failed.response.status == .internalServerError && failed.text.contains("web.internal"))
        #expect(!failed.text.contains("secret") && !failed.text.contains("Cocoa"))
        #expect(log.lines.contains { $0.contains("a request failed") })
    }

    @Test("sets strict headers, and leaves what a route has set")
    func securityHeaders() async throws {
        let plain = try await Asked(.get, "/hello", routes: hello).response.headers
        #expect(plain[.contentSecurityPolicy]?.hasPrefix("default-src 'none'") == true && plain[.xContentTypeOptions] == "nosniff")
        #expect(plain[.strictTransportSecurity] == nil)
        let page = try await Asked(.get, "/page", isSecure: true, routes: hello).response.headers
        let policy = try #require(page[.contentSecurityPolicy])
        #expect(policy.contains("script-src 'self';") && policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"))
        #expect(page[.strictTransportSecurity] != nil)
        let framed = try #require(try await Asked(.get, "/framed", routes: hello).response.headers[.contentSecurityPolicy])
        #expect(framed.contains("script-src 'self' 'sha256-abc=';") && framed.hasSuffix("frame-ancestors https://shop.example"))
    }

    @Test(
        "lets only our own pages change something",
        arguments: [
            (["origin": "http://desk.example", "cookie": "a=b"], 200, ""), (["origin": "https://desk.example"], 403, "web.cross_origin"),
            (["origin": "http://evil.example", "cookie": "a=b"], 403, "web.cross_origin"), (["origin": "null"], 403, "web.cross_origin"),
            (["cookie": "a=b"], 403, "web.cross_origin"), (["cookie": "a=b", "sec-fetch-site": "same-origin"], 200, ""),
            (["sec-fetch-site": "same-site"], 403, "web.cross_origin"),
            (["sec-fetch-site": "none", "cookie": "a=b"], 403, "web.cross_origin"),
            ([:], 200, ""), (["content-type": "text/plain"], 415, "web.media_type"),
            (["content-type": "application/json; charset=utf-8"], 200, ""),
            (["content-type": "application/jsonp"], 415, "web.media_type"),
        ] as [([String: String], Int, String)])
    func sameOrigin(headers: [String: String], status: Int, code: String) async throws {
        var fields: HTTPFields = [.contentType: "application/json"]
        for (name, value) in headers { fields[try #require(HTTPField.Name(name))] = value }
        let asked = try await Asked(.post, "/hello", headers: fields, body: "{}", routes: hello)
        #expect(asked.response.status.code == status && (code.isEmpty || asked.text.contains(code)), "\(asked.text)")
        // Reading is free.
        let read = try await Asked(.get, "/hello", headers: fields, routes: hello)
        #expect(read.response.status == .ok)
    }

    @Test("refuses bodies over the limit, announced or not")
    func bodyLimit() async throws {
        let json: HTTPFields = [.contentType: "application/json"]
        let announced = try await Asked(.post, "/hello", headers: json, body: String(repeating: "x", count: 65_537), routes: hello)
        #expect(announced.response.status == .contentTooLarge && announced.text.contains("web.body_too_large"))
        let fits = try await Asked(.post, "/hello", headers: json, body: String(repeating: "x", count: 65_536), routes: hello)
        #expect(fits.text == "65536")
        let counted = CountedBody(body: .init(buffer: ByteBuffer(repeating: 1, count: 11)), limit: 10)
        await #expect(throws: Problem.self) { for try await _ in counted {} }
    }
}

@Suite("Compression")
struct CompressionTests {
    private static let long = String(repeating: "The harbour lay quiet. ", count: 200)

    private func routes(_ router: Router<RequestScope>) {
        @Sendable func answer(_ type: String, _ text: String, tag: String? = nil) -> Response {
            var headers: HTTPFields = [.contentType: type]
            headers[.eTag] = tag
            return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(string: text)))
        }
        router.get("text") { _, _ in answer("text/css", Self.long, tag: "\"v1\"") }
        router.get("short") { _, _ in answer("text/css", "short") }
        router.get("picture") { _, _ in answer("image/png", Self.long) }
        router.get("stream") { _, _ in
            Response(
                status: .ok, headers: [.contentType: "text/plain"],
                body: ResponseBody { writer in
                    try await writer.write(ByteBuffer(string: Self.long))
                    try await writer.finish(nil)
                })
        }
        router.get("tagged") { request, _ in answer("text/plain", request.headers[.ifNoneMatch] ?? "none") }
    }

    @Test("of text is what zlib reads back, with a weak tag and vary")
    func text() async throws {
        for _ in 0..<2 {
            let asked = try await Asked(.get, "/text", headers: [.acceptEncoding: "br, gzip"], routes: routes)
            let headers = asked.response.headers
            #expect((headers[.contentEncoding], headers[.eTag], headers[.vary]) == ("gzip", "W/\"v1\"", "accept-encoding"))
            #expect(headers[.contentLength] == "\(asked.body.readableBytes)" && asked.body.readableBytes < 1_000)
            #expect(inflated(asked.body) == Self.long)
        }
        #expect(try await Asked(.get, "/tagged", headers: [.ifNoneMatch: "W/\"v1\", \"v2\""], routes: routes).text == "\"v1\", \"v2\"")
    }

    @Test("is left alone where it would harm or not help", arguments: ["/short", "/picture", "/stream"])
    func alone(path: String) async throws {
        let asked = try await Asked(.get, path, headers: [.acceptEncoding: "gzip"], routes: routes)
        #expect(asked.response.headers[.contentEncoding] == nil)
        let unasked = try await Asked(.get, "/text", routes: routes)
        #expect(
            unasked.text == Self.long && unasked.response.headers[.vary] == "accept-encoding" && unasked.response.headers[.eTag] == "\"v1\""
        )
    }

    @Test(
        "is used only where the client takes it",
        arguments: [
            (nil, false), ("", false), ("gzip", true), ("GZIP;q=1.0, br", true), ("gzip;q=0", false), ("*", true), ("*;q=0", false),
            ("gzip;q=0, *", false),
            ("deflate, br", false), ("gzip;q=abc", false),
        ] as [(String?, Bool)])
    func encodings(header: String?, expected: Bool) {
        #expect(Encodings.takeGzip(header) == expected)
    }

    private func inflated(_ bytes: ByteBuffer) -> String? {
        var stream = z_stream()
        guard inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { return nil }
        defer { inflateEnd(&stream) }
        var input = Array(bytes.readableBytesView)
        var output = [UInt8](repeating: 0, count: 100_000)
        return input.withUnsafeMutableBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target in
                stream.next_in = source.baseAddress
                stream.avail_in = UInt32(source.count)
                stream.next_out = target.baseAddress
                stream.avail_out = UInt32(target.count)
                guard inflate(&stream, Z_FINISH) == Z_STREAM_END else { return nil }
                return String(decoding: target.prefix(Int(stream.total_out)), as: UTF8.self)
            }
        }
    }
}

@Suite("Which methods a path has")
struct RouteMethodsTests {
    @Test("follows parameters and wildcards")
    func methods() {
        let router = Router(context: RequestScope.self)
        router.get("a/:id") { _, _ in "" }
        router.delete("a/:id") { _, _ in "" }
        router.get("files/**") { _, _ in "" }
        router.get("/") { _, _ in "" }
        let methods = RouteMethods(of: router)
        #expect(methods.methods(of: "/a/1") == ["DELETE", "GET"])
        #expect(methods.methods(of: "/a/1/b") == [])
        #expect(methods.methods(of: "/files/x/y") == ["GET"])
        #expect(methods.methods(of: "/") == ["GET"])
        #expect(methods.methods(of: "/b") == [])
    }
}
