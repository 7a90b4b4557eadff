import NIOCore
import NIOHTTP1
import NIOPosix

@testable import Relay

extension NodeConnections {
    static let oneLoop = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    /// Connections of one event loop, closed afterwards.
    static func run<Value>(
        rules change: (inout NodeConnectionRules) -> Void = { _ in }, _ body: (NodeConnections) async throws -> Value
    ) async throws -> Value {
        var rules = NodeConnectionRules()
        change(&rules)
        let connections = try NodeConnections(group: oneLoop, rules: rules)
        do {
            let value = try await body(connections)
            await connections.close()
            return value
        } catch {
            await connections.close()
            throw error
        }
    }

    /// Asks by `NodeClient`.
    func ask(
        _ target: NodeTarget, _ method: HTTPMethod = .GET, _ uri: String = "/", headers: HTTPHeaders = [:], body: String? = nil,
        connectTimeout: TimeAmount = .seconds(3), limit: Int = 1 << 20, time: TimeAmount = .seconds(10)
    ) async throws -> NodeAnswer {
        let request = NodeRequest(
            target: target, head: HTTPRequestHead(version: .http1_1, method: method, uri: uri, headers: headers),
            body: body.map { .bytes([ByteBuffer(string: $0)]) } ?? .none, connectTimeout: connectTimeout)
        return try await NodeClient(self).send(request, bodyLimit: limit, time: time)
    }

    /// Why `target` does not answer; nil: it does.
    func failure(
        _ target: NodeTarget, _ method: HTTPMethod = .GET, connectTimeout: TimeAmount = .seconds(3), time: TimeAmount = .seconds(10)
    ) async -> AttemptFailure? {
        do {
            _ = try await ask(target, method, connectTimeout: connectTimeout, time: time)
            return nil
        } catch NodeClientError.failed(let failure) {
            return failure
        } catch {
            return AttemptFailure(.reset, wasSent: false, detail: "another error: \(error)")
        }
    }
}

extension NodeAnswer {
    var text: String { String(buffer: body) }
}
