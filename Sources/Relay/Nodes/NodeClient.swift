package import NIOCore
package import NIOHTTP1
import Synchronization

/// Asks a node for something on the house's own account: probes, lists of models. Same connections, same guard, same TLS as the relay's.
package struct NodeClient: Sendable {
    private let connections: NodeConnections

    package init(_ connections: NodeConnections) {
        self.connections = connections
    }

    /// One request, one whole answer of at most `bodyLimit` bytes, within `time` from the first connect to the last byte. A body that is a
    /// stream is none. Cancellation closes the connection at once.
    /// - Parameter take: given the body of a 200 as it comes, on an event loop, instead of its being gathered; false: that is enough.
    package func send(
        _ request: NodeRequest, bodyLimit: Int, time: TimeAmount, take: (@Sendable (ByteBuffer) -> Bool)? = nil
    ) async throws(NodeClientError) -> NodeAnswer {
        let eventLoop = connections.group.next()
        let box = NIOLoopBoundBox<NodeCall?>.makeEmptyBox(valueType: NodeCall.self, eventLoop: eventLoop)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (done: CheckedContinuation<Result<NodeAnswer, NodeClientError>, Never>) in
                eventLoop.execute {
                    guard let home = connections.loop(of: eventLoop) else { return done.resume(returning: .failure(.cancelled)) }
                    let call = NodeCall(request, home: home, bodyLimit: bodyLimit, take: take) { done.resume(returning: $0) }
                    box.value = call
                    if Task.isCancelled { return call.end(.failure(.cancelled)) }
                    call.start(time: time)
                }
            }
        } onCancel: {
            eventLoop.execute { box.value?.end(.failure(.cancelled)) }
        }
        return try result.get()
    }
}

/// A node's whole answer.
package struct NodeAnswer: Sendable {
    package let head: HTTPResponseHead
    package let body: ByteBuffer
}

/// Why there is no answer.
package enum NodeClientError: Error, Equatable {
    case failed(AttemptFailure)
    /// The time given was not enough.
    case late
    /// The answer is larger than the limit, in bytes.
    case tooLarge(limit: Int)
    case cancelled

    /// Stable, for logs and tests.
    package var code: String {
        switch self {
        case .failed(let failure): "relay.\(failure.kind.rawValue)"
        case .late: "relay.late"
        case .tooLarge: "relay.answer_too_large"
        case .cancelled: "relay.cancelled"
        }
    }
}
