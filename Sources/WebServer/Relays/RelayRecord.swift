import Logging
import NIOCore
import NIOHTTP1

/// What the log says of one relayed request. Never its query, headers or body.
struct RelayRecord {
    enum Ending: String {
        case whole
        /// The client went before the end.
        case left
        /// We broke it off.
        case cut
    }

    let requestID: String
    private let method: HTTPMethod
    private let path: String
    let client: String
    private let began = NIODeadline.now()
    var status = 0
    /// Of the response's body.
    var bytes = 0

    init(requestID: String, head: HTTPRequestHead, client: String) {
        self.requestID = requestID
        self.client = client
        method = head.method
        path = RequestTarget.path(of: head.uri)
    }

    func write(_ ending: Ending, to logger: Logger) {
        guard logger.logLevel <= .info else { return }
        var metadata: Logger.Metadata = [
            "request": .string(requestID), "method": .string(String(method.rawValue.prefix(16))), "path": .string(String(path.prefix(200))),
            "status": .string(String(status)), "bytes": .string(String(bytes)), "client": .string(client),
            "ms": .string(String((NIODeadline.now() - began).nanoseconds / 1_000_000)),
        ]
        if ending != .whole { metadata["ending"] = .string(ending.rawValue) }
        logger.info("relayed request", metadata: metadata)
    }
}

/// What a response says about the bytes that follow it, and whether they keep to it.
struct ResponseLength {
    /// Nil: it says nothing.
    private let expected: Int?
    /// The method or the status rules a body out.
    let isBodyless: Bool
    private(set) var written = 0

    init(_ head: HTTPResponseHead, isHead: Bool) {
        isBodyless = isHead || head.status == .noContent || head.status == .notModified
        expected = isBodyless ? nil : head.headers.first(name: "content-length").flatMap { Int($0) }
    }

    /// False: more than was said.
    mutating func add(_ count: Int) -> Bool {
        written += count
        return expected.map { written <= $0 } ?? true
    }

    var isMet: Bool { expected.map { written == $0 } ?? true }
}
