import HTTPTypes
package import Hummingbird
import NIOCore

/// Refuses bodies over the limit: at once when their length is announced, else when they pass it.
package struct BodyLimit: RouterMiddleware {
    package typealias Context = RequestScope

    private let limit: @Sendable (String) -> Int

    /// - Parameter limit: bytes for a request's path.
    package init(_ limit: @escaping @Sendable (String) -> Int = { _ in JSONBody.limit }) {
        self.limit = limit
    }

    package func handle(_ request: Request, context: RequestScope, next: (Request, RequestScope) async throws -> Response) async throws
        -> Response
    {
        let limit = limit(request.uri.path)
        if let announced = request.headers[.contentLength] {
            guard let length = Int(announced), length >= 0 else { throw Problem.malformed("The Content-Length is not a number.") }
            guard length <= limit else { throw Problem.bodyTooLarge(limit: limit) }
            return try await next(request, context)
        }
        guard request.method != .get, request.method != .head else { return try await next(request, context) }
        var request = request
        request.body = RequestBody(asyncSequence: CountedBody(body: request.body, limit: limit))
        return try await next(request, context)
    }
}

/// Passes a body on until it is over the limit.
struct CountedBody: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    let body: RequestBody
    let limit: Int

    struct AsyncIterator: AsyncIteratorProtocol {
        var base: RequestBody.AsyncIterator
        let limit: Int
        var count = 0

        mutating func next() async throws -> ByteBuffer? {
            guard let part = try await base.next() else { return nil }
            count += part.readableBytes
            guard count <= limit else { throw Problem.bodyTooLarge(limit: limit) }
            return part
        }
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(base: body.makeAsyncIterator(), limit: limit)
    }
}
