import BlackBox
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
    let inputs: InputWatch
    let logger: Logger

    /// What a conversation calls for each of its requests.
    func answer(_ request: Request, writer: consuming ResponseWriter, channel: any Channel) async throws {
        let address = ForwardedAddress(trusted: configuration.trustedProxies).client(peer: channel.clientAddress, headers: request.headers)
        var source = RequestSource(
            logger: logger, clientAddress: address, isSecure: request.head.scheme == "https",
            publicOrigin: configuration.publicOrigin)
        source.methods = methods
        let print = request.head.fingerprint
        var input = inputs.arrived(
            .request, id: RequestID.accepted(request.headers[.requestID]) ?? source.requestID, bytes: request.head.announcedBytes,
            fingerprint: print)
        // On every way out, also when the client has gone.
        defer { input.handled() }
        // Routes only know GET; HEAD is the same without its body (RFC 9110 section 9.3.2).
        let isHead = request.method == .head
        var response: Response
        if let incident = inputs.incident(of: print) {
            response = quarantined(incident, source)
        } else {
            response = await respond(to: isHead ? Self.asGet(request) : request, scope: RequestScope(source: source))
        }
        response.headers[.date] = date.now()
        if isHead { response = response.createHeadResponse() }
        input.answering()
        try await writer.write(response: response.head, body: response.body)
    }

    /// Past the router and all of its middleware: any of them may be what the input kills.
    private func quarantined(_ incident: String, _ source: RequestSource) -> Response {
        logger.warning(
            "an input in quarantine was refused", metadata: ["incident": "\(incident)", "client": "\(source.clientAddress)"])
        return Problem.quarantined(incident).response
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
