import NIOCore
import NIOHTTP1
import Relay
import TestSupport

@testable import WebServer

/// A dispatch that passes everything to one node and back. `/here` it answers by itself, without looking at the body.
final class Passing: Dispatch {
    private let request: RelayRequest
    private let target: NodeTarget
    private let log: Recorder<String>
    private var isCommitted = false

    init(_ request: RelayRequest, target: NodeTarget, log: Recorder<String>) {
        self.request = request
        self.target = target
        self.log = log
    }

    /// All of `/v1`.
    static func route(_ connections: NodeConnections, port: Int, log: Recorder<String> = Recorder()) -> RelayRoute {
        let target = NodeTarget(host: "127.0.0.1", port: port, isSecure: false, reach: .loopback)
        return RelayRoute(
            connections: connections, takes: { _, path in path.hasPrefix("/v1/") }, open: { Passing($0, target: target, log: log) })
    }

    func handle(_ event: DispatchEvent, at now: NIODeadline) -> [DispatchAction] {
        switch event {
        case .opened:
            log.note("opened \(request.head.uri) \(request.clientAddress) \(request.isSecure)")
            if request.head.uri.hasPrefix("/v1/here") { return own(.unauthorized) }
            return request.head.uri.hasPrefix("/v1/stream") ? [.attempt(node(.stream(limit: .max)))] : [.gatherBody(limit: 1 << 20)]
        case .bodyGathered(let body): return [.attempt(node(body.readableBytes > 0 ? .bytes([body]) : .none))]
        case .bodyTooLarge: return own(.payloadTooLarge)
        case .bodyPart: return []
        case .bodyRead: return [.sendRest]
        case .attempt(.head(let head)):
            isCommitted = true
            return [.respond(head)]
        case .attempt(.body(let bytes)): return [.write(bytes)]
        case .attempt(.end(let trailers)): return [.finish(trailers)]
        case .attempt(.failed(let failure)):
            log.note("failed \(failure.kind)")
            return isCommitted ? [.write(ByteBuffer(string: "broken")), .cut] : own(.badGateway)
        case .clientLeft, .draining, .woken, .timer:
            log.note("\(event)")
            return []
        case .attempt: return []
        }
    }

    private func node(_ body: NodeRequestBody) -> NodeRequest {
        NodeRequest(target: target, head: request.head, body: body, connectTimeout: .seconds(1))
    }

    private func own(_ status: HTTPResponseStatus) -> [DispatchAction] {
        [
            .respond(HTTPResponseHead(version: .http1_1, status: status, headers: ["content-length": "2"])),
            .write(ByteBuffer(string: "no")), .finish(nil),
        ]
    }
}
