import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

/// Asks the router and writes its answer: what lies between a conversation and the routes.
struct RouterResponse: Sendable {
    let responder: RouterResponder<RequestScope>
    let methods: RouteMethods
    let sockets: [SocketRoute]
    let configuration: WebServerConfiguration
    let date: DateStamp
    let logger: Logger

    /// What a conversation calls for each of its requests.
    func answer(_ request: Request, writer: consuming ResponseWriter, channel: any Channel) async throws {
        let address = ForwardedAddress(trusted: configuration.trustedProxies).client(peer: channel.clientAddress, headers: request.headers)
        var source = RequestSource(
            logger: logger, clientAddress: address, isSecure: request.head.scheme == "https",
            publicOrigin: configuration.publicOrigin)
        source.methods = methods
        // Routes only know GET; HEAD is the same without its body (RFC 9110 section 9.3.2).
        let isHead = request.method == .head
        var response = await respond(to: isHead ? Self.asGet(request) : request, scope: RequestScope(source: source))
        response.headers[.date] = date.now()
        if isHead { response = response.createHeadResponse() }
        try await writer.write(response: response.head, body: response.body)
    }

    private static func asGet(_ request: Request) -> Request {
        var head = request.head
        head.method = .get
        return Request(head: head, body: request.body)
    }

    private func respond(to request: Request, scope: RequestScope) async -> Response {
        if sockets.contains(where: { $0.matches(request.uri.path) }) { return Problem.socketExpected.response }
        do {
            return try await responder.respond(to: request, context: scope)
        } catch {
            // Only what the middleware itself throws comes here: `ProblemAnswers` answers the rest.
            return ProblemAnswers.response(to: error, request: request, scope: scope)
        }
    }
}
