import ModelProtocol
import NIOHTTP1
import Relay

/// The heads of messages as they pass: what the other side is to see of them (docs/gateway.md section 5).
enum RequestHeads {
    /// The client's request as the node gets it. `Host` and framing are the relay's.
    static func toNode(_ head: HTTPRequestHead, node: Node) -> HTTPRequestHead {
        let options = HeaderRules.connectionOptions(of: head.headers["connection"])
        // As a list: `HTTPHeaders.add` looks at each byte of a name once more, and ends the process over one that is not ASCII.
        var fields: [(String, String)] = []
        fields.reserveCapacity(head.headers.count + 2)
        for (name, value) in head.headers where HeaderRules.goesToNode(name, connectionOptions: options) { fields.append((name, value)) }
        if let credential = node.credential {
            switch node.auth {
            case .apiKey: fields.append(("x-api-key", credential.reveal()))
            case .bearer: fields.append(("authorization", "Bearer \(credential.reveal())"))
            }
        }
        // What a node packs, nobody could count.
        fields.append(("accept-encoding", "identity"))
        return HTTPRequestHead(
            version: .http1_1, method: head.method, uri: node.url.prefix + head.uri, headers: HTTPHeaders(fields))
    }

    /// The node's response as the client gets it.
    /// - Parameter isEventStream: something of ours may come between, so its length is not known.
    static func toClient(_ head: HTTPResponseHead, attempts: Int, isEventStream: Bool = false) -> HTTPResponseHead {
        let options = HeaderRules.connectionOptions(of: head.headers["connection"])
        var fields: [(String, String)] = []
        fields.reserveCapacity(head.headers.count + 1)
        for (name, value) in head.headers where HeaderRules.goesToClient(name, connectionOptions: options) {
            if isEventStream, name.isField("content-length") { continue }
            fields.append((name, value))
        }
        if attempts > 1 { fields.append(("x-switchboard-attempts", "\(attempts)")) }
        return HTTPResponseHead(version: .http1_1, status: head.status, headers: HTTPHeaders(fields))
    }
}
