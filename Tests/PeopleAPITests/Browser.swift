import FoundationEssentials
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Synchronization
import TestSupport
import WebServer

/// A browser with one cookie jar, on the console's own pages: it sends `Origin` and JSON, and keeps the cookies it is given.
final class Browser: Sendable {
    private let responder: RouterResponder<RequestScope>
    private let address: String
    private let isSecure: Bool
    private let host = "desk.lantern.example"
    private let jar = Mutex<[String: String]>([:])
    private let lastCookie = Mutex<String?>(nil)

    init(_ responder: RouterResponder<RequestScope>, isSecure: Bool = false, address: String = "192.0.2.7") {
        self.responder = responder
        self.isSecure = isSecure
        self.address = address
    }

    var origin: String { "\(isSecure ? "https" : "http")://\(host)" }
    /// Name to value.
    var cookies: [String: String] {
        get { jar.withLock { $0 } }
        set { jar.withLock { $0 = newValue } }
    }
    /// The last `set-cookie` header, whole.
    var setCookie: String? { lastCookie.withLock { $0 } }

    func get(_ path: String) async throws -> Answer { try await send(.get, path) }
    func post(_ path: String, _ body: String) async throws -> Answer { try await send(.post, path, body) }
    func put(_ path: String, _ body: String) async throws -> Answer { try await send(.put, path, body) }
    func patch(_ path: String, _ body: String) async throws -> Answer { try await send(.patch, path, body) }
    func delete(_ path: String) async throws -> Answer { try await send(.delete, path) }

    func send(_ method: HTTPRequest.Method, _ path: String, _ body: String = "", headers extra: HTTPFields = [:]) async throws -> Answer {
        var headers: HTTPFields = [.origin: origin, .userAgent: "Lynx/2.9 手机 📱"]
        if !body.isEmpty {
            headers[.contentType] = "application/json"
            headers[.contentLength] = String(body.utf8.count)
        }
        let pairs = cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
        if !pairs.isEmpty { headers[.cookie] = pairs }
        for field in extra { headers[field.name] = field.value }
        let head = HTTPRequest(method: method, scheme: isSecure ? "https" : "http", authority: host, path: path, headerFields: headers)
        let request = Request(head: head, body: RequestBody(buffer: ByteBuffer(string: body)))
        let scope = RequestScope(source: RequestSource(logger: .silent, clientAddress: address, isSecure: isSecure))
        let answer = try await Answer(try await responder.respond(to: request, context: scope))
        keep(answer.headers[.setCookie])
        return answer
    }

    private func keep(_ header: String?) {
        guard let header,
            let pair = header.split(separator: ";").first?.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false),
            pair.count == 2
        else { return }
        lastCookie.withLock { $0 = header }
        jar.withLock { $0[String(pair[0])] = header.contains("Max-Age=0") ? nil : String(pair[1]) }
    }
}

/// What came back.
struct Answer {
    let status: Int
    let headers: HTTPFields
    let text: String

    init(_ response: Response) async throws {
        let collector = Collector()
        try await response.body.write(collector)
        status = response.status.code
        headers = response.headers
        text = String(buffer: collector.bytes.withLock { $0 })
    }

    /// The `code` of a problem; "none" when it is no problem.
    var code: String { (try? decode(CodeOnly.self))?.code ?? "none" }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }

    private struct CodeOnly: Decodable {
        let code: String
    }
}

private struct Collector: ResponseBodyWriter {
    final class Bytes: Sendable {
        private let buffer = Mutex(ByteBuffer())
        func withLock<Value: Sendable>(_ body: (inout ByteBuffer) -> Value) -> Value { buffer.withLock { body(&$0) } }
    }

    let bytes = Bytes()

    mutating func write(_ buffer: ByteBuffer) async throws {
        bytes.withLock { _ = $0.writeImmutableBuffer(buffer) }
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
