package import NIOCore
import NIOPosix
import Synchronization

/// A model node for trying failover without money, for tests and for benchmarks: it speaks Anthropic's and OpenAI's protocols, echoes
/// facts instead of thinking, and fails in every way that a script asks for (docs/practice-node.md).
package final class PracticeNode: Sendable {
    private let configuration: PracticeNodeConfiguration
    private let stage: Stage
    private let group: MultiThreadedEventLoopGroup
    private let listener: Listener

    /// - Throws: `PracticeNodeError` of the kinds `name` and `certificate`.
    package init(_ configuration: PracticeNodeConfiguration) throws(PracticeNodeError) {
        guard configuration.name.isNodeName else { throw PracticeNodeError.name(configuration.name) }
        self.configuration = configuration
        stage = Stage(configuration)
        group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, min(64, configuration.threads)))
        listener = try Listener(configuration, stage: stage, group: group)
    }

    /// Listens, once.
    /// - Returns: the base URL for clients, such as `http://127.0.0.1:9100`.
    /// - Throws: `PracticeNodeError.listening`.
    package func start() async throws(PracticeNodeError) -> String {
        let address = try await listener.open(port: configuration.port)
        let scheme = configuration.certificateFile == nil ? "http" : "https"
        let host = address.ipAddress ?? configuration.host
        return "\(scheme)://\(host.contains(":") ? "[\(host)]" : host):\(address.port ?? configuration.port)"
    }

    /// Breaks all connections and ends the node's threads. Once, at the end.
    package func stop() async {
        await listener.stop()
        try? await group.shutdownGracefully()
    }

    /// The last 1,000 requests, oldest first.
    package var requests: [RequestRecord] { stage.journal.records }

    package var figures: NodeFigures { stage.journal.figures }

    /// Adds scenes to the script: a JSON list, as for `POST /practice/script`.
    /// - Throws: `PracticeNodeError` of the kinds `script` and `fault`.
    package func script(_ json: String) throws(PracticeNodeError) {
        guard let json = JSON(json), case .array(let items) = json else { throw PracticeNodeError.script("a JSON list is expected") }
        var scenes: [FaultScript.Scene] = []
        for item in items { scenes.append(try FaultScript.Scene(item)) }
        try stage.script.append(scenes)
    }

    /// No new connections for that long, and the open ones are broken.
    package func refuse(for time: TimeAmount) {
        listener.refuse(for: time)
    }
}

extension String {
    /// It goes into ids and headers.
    fileprivate var isNodeName: Bool {
        (1...40).contains(utf8.count) && utf8.allSatisfy { $0 == UInt8(ascii: "-") || isAlphanumeric($0) }
    }

    private func isAlphanumeric(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}
