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
            "request": .string(requestID), "method": .string(Self.short(method.rawValue, 16)), "path": .string(Self.short(path, 200)),
            "status": .string(String(status)), "bytes": .string(String(bytes)), "client": .string(client),
            "ms": .string(String((NIODeadline.now() - began).nanoseconds / 1_000_000)),
        ]
        if ending != .whole { metadata["ending"] = .string(ending.rawValue) }
        logger.info("relayed request", metadata: metadata)
    }

    /// To count characters is dear, and a character has a byte at least.
    private static func short(_ text: String, _ limit: Int) -> String {
        text.utf8.count <= limit ? text : String(text.prefix(limit))
    }
}

/// What a response says about the bytes that follow it, and whether they keep to it.
struct ResponseLength {
    /// Of the body that follows; nil: it says nothing, or none follows.
    let expected: Int?
    /// Whether there is a `content-length` at all.
    let isSaid: Bool
    /// The method or the status rules a body out.
    let isBodyless: Bool
    private(set) var written = 0

    init(_ head: HTTPResponseHead, isHead: Bool) {
        isBodyless = isHead || head.status == .noContent || head.status == .notModified
        let said = head.headers.first(name: "content-length")
        isSaid = said != nil
        expected = isBodyless ? nil : said.flatMap { Int($0) }
    }

    /// False: more than was said.
    mutating func add(_ count: Int) -> Bool {
        written += count
        return expected.map { written <= $0 } ?? true
    }

    var isMet: Bool { expected.map { written == $0 } ?? true }
}
