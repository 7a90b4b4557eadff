import HTTPTypes
package import Hummingbird
import NIOCore

extension Router where Context == RequestScope {
    /// All middleware that every route has, from the outermost: call it before adding routes.
    ///
    /// - Parameters:
    ///   - bodyLimit: bytes of body for a path.
    ///   - figures: where answers are counted.
    ///   - isExempt: paths that the check of origins leaves alone.
    ///   - compressing: told when text is compressed for somebody, returns what is told when that is done; nil: nothing is compressed.
    package func addHouseMiddleware(
        figures: WebFigures = WebFigures(),
        bodyLimit: @escaping @Sendable (String) -> Int = { _ in JSONBody.limit },
        isExempt: @escaping @Sendable (String) -> Bool = { _ in false },
        compressing: (@Sendable () -> @Sendable () -> Void)? = { {} }
    ) {
        add(middleware: RequestIDs())
        add(middleware: AccessLog(figures: figures))
        add(middleware: SecurityHeaders())
        if let compressing { add(middleware: CompressText(begin: compressing)) }
        add(middleware: ProblemAnswers())
        add(middleware: BodyLimit(bodyLimit))
        add(middleware: SameOrigin(isExempt: isExempt))
    }

    /// `GET /health`: the process answers. `GET /ready`: it takes requests; 503 while it starts or drains. Who
    /// asks while it makes sure of itself waits for that, up to a second.
    package func addHealthRoutes(_ readiness: Readiness) {
        get("health") { _, _ in Self.status("alive", .ok) }
        let sign = HTTPField.Name(RoundTrip.header)
        get("ready") { request, _ in
            if let sign, request.headers[sign] == readiness.sign { return Self.status(RoundTrip.word, .ok) }
            let stage = await readiness.settled()
            return Self.status(stage.rawValue, stage == .ready ? .ok : .serviceUnavailable)
        }
    }

    private static func status(_ text: String, _ status: HTTPResponse.Status) -> Response {
        let body = ByteBuffer(string: "{\"status\":\"\(text)\"}")
        return Response(
            status: status, headers: [.contentType: "application/json", .cacheControl: "no-store"], body: ResponseBody(byteBuffer: body))
    }
}
