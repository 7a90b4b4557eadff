import HTTPTypes
import NIOHTTP1

/// One request and its response on an HTTP/1.1 connection: how far each is, and whether the connection survives them.
struct Exchange {
    /// Of a body that nobody wants, this much is read to keep the connection; more costs it.
    static let unwantedBodyLimit = 256 * 1_024

    let version: HTTPVersion
    private let wantsKeepAlive: Bool
    /// The decoder stops after a head that asks for an upgrade, so that the next request would never be seen.
    private let stopsDecoder: Bool
    let expectsContinue: Bool
    var isRequestComplete = false
    private(set) var isResponseStarted = false
    private(set) var isResponseComplete = false
    private(set) var closesAfterwards = false
    private var unwantedBytes = 0

    init(_ head: HTTPRequestHead) {
        version = head.version
        wantsKeepAlive = head.isKeepAlive
        stopsDecoder = head.headers.contains(name: "upgrade") || head.method == .CONNECT
        expectsContinue = !head.version.isOld && !head.headers["expect"].isEmpty
    }

    var isComplete: Bool { isRequestComplete && isResponseComplete }

    /// How a response must be written for this connection.
    struct Terms: Equatable {
        /// An old one where only the connection's end can end the body.
        var version = HTTPVersion.http1_1
        /// What `connection` says; nil: it is left out.
        var connection: String?
    }

    /// The response begins: what the connection's fate demands of its head.
    ///
    /// - Parameter isRestSmall: what is left of the request's body is sure to come and short: reading it is cheaper than a new connection.
    mutating func begin(_ status: HTTPResponseStatus, hasLength: Bool, isDraining: Bool, isRestSmall: Bool = false) -> Terms {
        var terms = Terms()
        guard status.code >= 200 || status == .switchingProtocols else { return terms }
        isResponseStarted = true
        if version.isOld, !hasLength { terms.version = version }
        let bodyUnwanted = !isRequestComplete && status.code >= 400 && !isRestSmall
        closesAfterwards = !wantsKeepAlive || stopsDecoder || isDraining || bodyUnwanted || (version.isOld && !hasLength)
        if closesAfterwards {
            terms.connection = "close"
        } else if version.isOld {
            terms.connection = "keep-alive"
        }
        return terms
    }

    /// Sets it on the head itself.
    mutating func begin(_ head: inout HTTPResponseHead, isDraining: Bool) {
        let terms = begin(head.status, hasLength: head.headers.contains(name: "content-length"), isDraining: isDraining)
        if terms.version.isOld { head.version = terms.version }
        if let connection = terms.connection { head.headers.replaceOrAdd(name: "connection", value: connection) }
    }

    mutating func endResponse() {
        isResponseComplete = true
    }

    /// Counts a part of the body; false when too much came after the response.
    mutating func takesBody(_ bytes: Int) -> Bool {
        guard isResponseComplete else { return true }
        unwantedBytes += bytes
        return unwantedBytes <= Self.unwantedBodyLimit
    }
}

extension HTTPVersion {
    /// Before HTTP/1.1: no chunks, no Host, closing by default.
    var isOld: Bool { major < 1 || (major == 1 && minor < 1) }
}
