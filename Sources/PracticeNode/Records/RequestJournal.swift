import FoundationEssentials
import NIOCore
import NIOFoundationEssentialsCompat
import NIOHTTP1
import Synchronization

/// The last 1,000 requests and the node's counts.
final class RequestJournal: Sendable {
    private struct State {
        var records = CircularBuffer<RequestRecord>()
        var made = 0
        var bodyBytes = 0
        var figures = NodeFigures()
    }

    static let limit = 1_000
    static let bodyLimit = 64 << 20

    private let state = Mutex(State())

    var records: [RequestRecord] { state.withLock { Array($0.records) } }

    var figures: NodeFigures { state.withLock { $0.figures } }

    func clear() {
        state.withLock { state in
            state.records.removeAll()
            state.bodyBytes = 0
        }
    }

    /// - Returns: the request's number; 0 for the node's own control routes, of which nothing is kept.
    func open(_ head: HTTPRequestHead, connection: Int) -> Int {
        guard !head.uri.hasPrefix("/practice/") else { return 0 }
        let now = Int(Date().timeIntervalSince1970 * 1_000)
        return state.withLock { state in
            state.made += 1
            state.figures.requests += 1
            state.figures.openRequests += 1
            let headers = head.headers.map { (name: $0.name, value: $0.value) }
            state.records.append(
                RequestRecord(
                    number: state.made, connection: connection, method: head.method.rawValue, target: head.uri, headers: headers, at: now))
            if state.records.count > Self.limit {
                state.bodyBytes -= state.records.removeFirst().body?.readableBytes ?? 0
            }
            return state.made
        }
    }

    func change(_ number: Int, _ body: (inout RequestRecord) -> Void) {
        state.withLock { state in
            guard let first = state.records.first, (0..<state.records.count).contains(number - first.number) else { return }
            body(&state.records[state.records.index(state.records.startIndex, offsetBy: number - first.number)])
        }
    }

    func keepBody(_ bytes: ByteBuffer, of number: Int) {
        guard number > 0 else { return }
        change(number) { $0.body = bytes }
        state.withLock { state in
            state.bodyBytes += bytes.readableBytes
            guard state.bodyBytes > Self.bodyLimit else { return }
            for index in state.records.indices where state.bodyBytes > Self.bodyLimit {
                state.bodyBytes -= state.records[index].body?.readableBytes ?? 0
                state.records[index].body = nil
            }
        }
    }

    func close(_ number: Int, leftEarly: Bool) {
        guard number > 0 else { return }
        change(number) { $0.leftEarly = leftEarly }
        state.withLock { state in
            state.figures.openRequests -= 1
            if leftEarly { state.figures.leftEarly += 1 }
        }
    }

    func count(_ body: (inout NodeFigures) -> Void) {
        state.withLock { body(&$0.figures) }
    }

    /// The number of the connection that has just opened.
    func openConnection() -> Int {
        state.withLock { state in
            state.figures.connections += 1
            state.figures.openConnections += 1
            state.figures.mostOpenConnections = max(state.figures.mostOpenConnections, state.figures.openConnections)
            return state.figures.connections
        }
    }
}

/// The node's counts since its start.
package struct NodeFigures: Sendable, Equatable {
    /// Ever accepted; open now; most open at once.
    package internal(set) var connections = 0
    package internal(set) var openConnections = 0
    package internal(set) var mostOpenConnections = 0
    /// Requests whose head has come; of these not yet answered; of these left by the client before the end.
    package internal(set) var requests = 0
    package internal(set) var openRequests = 0
    package internal(set) var leftEarly = 0
    /// Connections that ended in a failed TLS handshake or in bytes that are no HTTP.
    package internal(set) var brokenConnections = 0

    var json: JSON {
        [
            "connections": .integer(connections), "openConnections": .integer(openConnections),
            "mostOpenConnections": .integer(mostOpenConnections), "requests": .integer(requests), "openRequests": .integer(openRequests),
            "leftEarly": .integer(leftEarly), "brokenConnections": .integer(brokenConnections),
        ]
    }
}

extension ByteBuffer {
    var base64: String { Data(buffer: self).base64EncodedString() }
}
