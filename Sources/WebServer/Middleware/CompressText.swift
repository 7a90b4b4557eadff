import HTTPTypes
package import Hummingbird
import NIOCore
import Synchronization

/// Compresses text with gzip where the client takes it. Whole bodies only: a stream's chunks must not wait for a window to fill.
package struct CompressText: RouterMiddleware {
    package typealias Context = RequestScope

    /// Below, headers cost more than the body saves.
    private static let smallest = 384
    private static let largest = 8 * 1_024 * 1_024
    private let cache = GzipCache(capacity: 16 * 1_024 * 1_024)

    private let begin: @Sendable () -> @Sendable () -> Void

    /// - Parameter begin: told when its work begins; what it returns, when that has ended.
    package init(begin: @escaping @Sendable () -> @Sendable () -> Void = { {} }) {
        self.begin = begin
    }

    package func handle(_ request: Request, context: RequestScope, next: (Request, RequestScope) async throws -> Response) async throws
        -> Response
    {
        var response = try await next(Self.withStrongTags(request), context)
        guard Self.isText(response.headers[.contentType]), response.headers[.contentEncoding] == nil else { return response }
        Self.addVary(to: &response)
        guard Encodings.takeGzip(request.headers[.acceptEncoding]), let length = response.body.contentLength else { return response }
        guard response.status != .partialContent, (Self.smallest...Self.largest).contains(length) else { return response }
        let tag = response.headers[.eTag]
        guard let small = try await compressed(response.body, key: tag.map { request.uri.path + "\n" + $0 }) else { return response }
        response.body = ResponseBody(byteBuffer: small)
        response.headers[.contentLength] = String(small.readableBytes)
        response.headers[.contentEncoding] = "gzip"
        // The bytes differ from the uncompressed ones: such a tag must not be a strong one (RFC 9110 section 8.8.3.3).
        if let tag, !tag.hasPrefix("W/") { response.headers[.eTag] = "W/" + tag }
        return response
    }

    private func compressed(_ body: ResponseBody, key: String?) async throws -> ByteBuffer? {
        if let key, let known = cache[key] { return known }
        let writer = CollectingWriter()
        try await body.write(writer)
        let ended = begin()
        defer { ended() }
        guard let small = Gzip.compress(writer.bytes), small.readableBytes < writer.bytes.readableBytes else { return nil }
        if let key { cache[key] = small }
        return small
    }

    /// Routes compare tags as they made them.
    private static func withStrongTags(_ request: Request) -> Request {
        guard let tags = request.headers[.ifNoneMatch], tags.contains("W/") else { return request }
        var head = request.head
        let strong = tags.split(separator: ",").map { $0.trimming(" ") }.map { $0.hasPrefix("W/") ? $0.dropFirst(2) : $0 }
        head.headerFields[.ifNoneMatch] = strong.joined(separator: ", ")
        return Request(head: head, body: request.body)
    }

    private static func isText(_ type: String?) -> Bool {
        guard let essence = type?.prefix(while: { $0 != ";" && $0 != " " }).lowercased() else { return false }
        if essence == "text/event-stream" { return false }
        return essence.hasPrefix("text/") || essence.hasSuffix("+json") || essence.hasSuffix("+xml") || essence == "application/json"
            || essence == "application/javascript"
    }

    private static func addVary(to response: inout Response) {
        let vary = response.headers[.vary]
        guard vary?.lowercased().contains("accept-encoding") != true else { return }
        response.headers[.vary] = vary.map { $0 + ", accept-encoding" } ?? "accept-encoding"
    }
}

extension Substring {
    fileprivate func trimming(_ character: Character) -> Substring {
        var text = self
        while text.first == character { text.removeFirst() }
        while text.last == character { text.removeLast() }
        return text
    }
}

/// What a client can decode (RFC 9110 section 12.5.3).
enum Encodings {
    static func takeGzip(_ header: String?) -> Bool {
        var any = false
        for item in (header ?? "").lowercased().split(separator: ",") {
            let parts = item.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" } }
            let isTaken = !parts.dropFirst().contains { $0.hasPrefix("q=") && (Double($0.dropFirst(2)) ?? 0) == 0 }
            switch parts.first {
            case "gzip", "x-gzip": return isTaken
            case "*": any = isTaken
            default: continue
            }
        }
        return any
    }
}

/// Gathers a whole body.
private final class CollectingWriter: ResponseBodyWriter {
    private(set) var bytes = ByteBuffer()

    func write(_ buffer: ByteBuffer) async throws {
        bytes.writeImmutableBuffer(buffer)
    }

    func finish(_ trailingHeaders: HTTPFields?) async throws {}
}

/// Compressed bodies of things that have a tag: assets are compressed once. When full, it forgets everything.
private final class GzipCache: Sendable {
    private struct State {
        var bodies: [String: ByteBuffer] = [:]
        var bytes = 0
    }

    private let capacity: Int
    private let state = Mutex(State())

    init(capacity: Int) {
        self.capacity = capacity
    }

    subscript(key: String) -> ByteBuffer? {
        get { state.withLock { $0.bodies[key] } }
        set {
            guard let newValue else { return }
            state.withLock { state in
                if state.bytes + newValue.readableBytes > capacity { state = State() }
                state.bytes += newValue.readableBytes - (state.bodies.updateValue(newValue, forKey: key)?.readableBytes ?? 0)
            }
        }
    }
}
