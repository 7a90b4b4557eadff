import Desk
import DeskProtocol
import HTTPTypes
import Hummingbird
import NIOCore
import Vocabulary
import WebServer

extension Response {
    /// An object written by `body`, never cached.
    static func object(_ status: HTTPResponse.Status = .ok, _ body: (inout JSONWriter) -> Void) -> Response {
        json(bytes: JSONWriter.object(capacity: 1_024, body), status)
    }

    static func json(bytes: [UInt8], _ status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    static var noContent: Response { Response(status: .noContent) }
}

extension Request {
    /// `limit` of the query: 1 to 200, 50 when absent.
    func pageLimit() throws(Problem) -> Int {
        guard let text = uri.queryParameters["limit"] else { return 50 }
        guard let limit = Int(text), (1...200).contains(limit) else { throw .badQuery("limit", "a number from 1 to 200") }
        return limit
    }

    /// `cursor` of the query, nil on the first page.
    func pageCursor() throws(Problem) -> Cursor? {
        guard let text = uri.queryParameters["cursor"] else { return nil }
        guard let cursor = Cursor(text: String(text)) else { throw .badQuery("cursor", "what an earlier page gave as next") }
        return cursor
    }

    /// A number of the query, 0 or more.
    func queryNumber(_ name: String) throws(Problem) -> Int64? {
        guard let text = uri.queryParameters[name[...]] else { return nil }
        guard let number = Int64(text), number >= 0 else { throw .badQuery(name, "a whole number, 0 or more") }
        return number
    }

    /// The body as fields of the desk's protocol.
    func fields() async throws -> FrameFields {
        let body: ByteBuffer
        do {
            body = try await self.body.collect(upTo: JSONBody.limit)
        } catch is NIOTooManyBytesError {
            throw Problem.bodyTooLarge(limit: JSONBody.limit)
        }
        let result = body.withUnsafeReadableBytes { bytes in
            Result { () throws(JSONError) in try JSONReader.read(bytes) }
        }
        switch result {
        case .success(.object(let object)): return FrameFields(object)
        case .success: throw DeskError.refused(.badJSON, "the body is one JSON object")
        case .failure(let error): throw DeskError.frame(error.frameError)
        }
    }
}

extension RequestScope {
    /// An id of the path.
    /// - Throws: 404, because nothing can have another name.
    func identifier<Subject>(_ name: String) throws(Problem) -> Identifier<Subject> {
        guard let text = parameters.get(name), let identifier = Identifier<Subject>(text) else {
            throw Problem(.notFound, code: "desk.not_found", detail: "This address names nothing that exists.")
        }
        return identifier
    }
}

extension Problem {
    static func badQuery(_ name: String, _ wanted: String) -> Problem {
        Problem(
            .badRequest, code: "web.bad_query", detail: "\(name) must be \(wanted).",
            fields: [FieldProblem(field: name, code: "invalid", detail: "must be \(wanted)")])
    }
}

/// Translates the room's errors for all routes behind it.
struct DeskProblems: RouterMiddleware {
    func handle(
        _ request: Request, context: RequestScope, next: (Request, RequestScope) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as DeskError {
            throw error.problem
        } catch let error as FrameError {
            throw DeskError.frame(error).problem
        }
    }
}
