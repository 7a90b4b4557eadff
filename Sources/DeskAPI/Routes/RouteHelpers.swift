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
