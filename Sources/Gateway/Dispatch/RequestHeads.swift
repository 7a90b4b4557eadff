import ModelProtocol
import NIOHTTP1
import Relay

/// The heads of messages as they pass: what the other side is to see of them (docs/gateway.md section 5).
enum RequestHeads {
    /// The client's request as the node gets it. `Host` and framing are the relay's.
    static func toNode(_ head: HTTPRequestHead, node: Node) -> HTTPRequestHead {
        let options = HeaderRules.connectionOptions(of: head.headers["connection"])
        var headers = HTTPHeaders()
        headers.reserveCapacity(head.headers.count + 2)
        for (name, value) in head.headers where HeaderRules.goesToNode(name.inLowerCase, connectionOptions: options) {
            headers.add(name: name, value: value)
        }
        if let credential = node.credential {
            switch node.auth {
            case .apiKey: headers.add(name: "x-api-key", value: credential.reveal())
            case .bearer: headers.add(name: "authorization", value: "Bearer \(credential.reveal())")
            }
        }
        // What a node packs, nobody could count.
        headers.add(name: "accept-encoding", value: "identity")
        return HTTPRequestHead(version: .http1_1, method: head.method, uri: node.url.prefix + head.uri, headers: headers)
    }

    /// The node's response as the client gets it.
    /// - Parameter isEventStream: something of ours may come between, so its length is not known.
    static func toClient(_ head: HTTPResponseHead, attempts: Int, isEventStream: Bool = false) -> HTTPResponseHead {
        let options = HeaderRules.connectionOptions(of: head.headers["connection"])
        var headers = HTTPHeaders()
        headers.reserveCapacity(head.headers.count + 1)
        for (name, value) in head.headers where HeaderRules.goesToClient(name.inLowerCase, connectionOptions: options) {
            headers.add(name: name, value: value)
        }
        if isEventStream { headers.remove(name: "content-length") }
        if attempts > 1 { headers.add(name: "x-switchboard-attempts", value: "\(attempts)") }
        return HTTPResponseHead(version: .http1_1, status: head.status, headers: headers)
    }
}
