package import NIOHTTP1

/// Where a request's body ends, as its head says it.
package enum RequestFraming: Sendable, Equatable {
    case none, chunked
    /// At least 1 in what a client sends; 0 says to a node that there is no body.
    case length(Int)

    /// Of a head that the gate has checked: one length or `chunked`, not both (RFC 9112 section 6.3).
    package init(http1 head: HTTPRequestHead) {
        if head.headers.contains(name: "transfer-encoding") {
            self = .chunked
        } else {
            self = .of(length: head.headers.first(name: "content-length"))
        }
    }

    /// HTTP/2 says where a body ends only when it ends; methods that have none by custom are taken at that.
    package init(http2 head: HTTPRequestHead) {
        if let length = head.headers.first(name: "content-length") {
            self = .of(length: length)
        } else {
            switch head.method {
            case .GET, .HEAD, .DELETE, .OPTIONS: self = .none
            default: self = .chunked
            }
        }
    }

    private static func of(length: String?) -> RequestFraming {
        guard let length = length.flatMap({ Int($0) }), length > 0 else { return .none }
        return .length(length)
    }
}
