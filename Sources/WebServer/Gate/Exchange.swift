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

    /// Sets what the connection's fate demands on the head of the response.
    ///
    /// - Parameter isRestSmall: what is left of the request's body is sure to come and short: reading it is cheaper than a new connection.
    mutating func begin(_ head: inout HTTPResponseHead, isDraining: Bool, isRestSmall: Bool = false) {
        guard head.status.code >= 200 || head.status == .switchingProtocols else { return }
        isResponseStarted = true
        let hasLength = head.headers.contains(name: "content-length")
        if version.isOld, !hasLength { head.version = version }
        let bodyUnwanted = !isRequestComplete && head.status.code >= 400 && !isRestSmall
        closesAfterwards = !wantsKeepAlive || stopsDecoder || isDraining || bodyUnwanted || (version.isOld && !hasLength)
        if closesAfterwards {
            head.headers.replaceOrAdd(name: "connection", value: "close")
        } else if version.isOld {
            head.headers.replaceOrAdd(name: "connection", value: "keep-alive")
        }
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
