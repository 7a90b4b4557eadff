import NIOCore
import NIOPosix
import RedisProtocol
import TestSupport
import Testing
import Vocabulary

@Suite("Servers that speak otherwise", .timeLimit(.minutes(1)))
struct OldServerTests {
    private func configuration(_ node: RawNode, password: String? = nil) -> RedisConfiguration {
        var configuration = RedisConfiguration(host: "127.0.0.1", port: node.port, password: password.map { Secret($0) })
        configuration.commandTimeout = .seconds(5)
        return configuration
    }

    /// Waits for a command that ends in `words`, and answers.
    private static func expect(_ peer: RawPeer, _ words: String..., answer: String) async throws {
        let wanted = words.map { "$\($0.utf8.count)\r\n\($0)\r\n" }.joined()
        try await peer.ear.wait { $0.text.hasSuffix(wanted) }
        peer.ear.change { $0.bytes.clear() }
        try await peer.send(answer)
    }

    @Test("one of before HELLO is spoken to in the second revision, with a password, a database and channels")
    func secondRevision() async throws {
        try await RawNode.run { peer, _ in
            try await peer.ear.wait { $0.text.contains("HELLO") }
            peer.ear.change { $0.bytes.clear() }
            try await peer.send("-ERR unknown command 'HELLO'\r\n")
            try await Self.expect(peer, "AUTH", "dusk", answer: "+OK\r\n")
            try await Self.expect(peer, "PING", answer: "+PONG\r\n")
            try await Self.expect(peer, "SELECT", "2", answer: "+OK\r\n")
            try await Self.expect(peer, "SUBSCRIBE", "bells", answer: "*3\r\n$9\r\nsubscribe\r\n$5\r\nbells\r\n:1\r\n")
            try await peer.send("*3\r\n$7\r\nmessage\r\n$5\r\nbells\r\n$2\r\nhi\r\n")
            try await Self.expect(peer, "PING", answer: "*2\r\n$4\r\npong\r\n$0\r\n\r\n")
            try await peer.waitForEnd()
        } _: { node in
            let pushed = Ear<[[String?]]>([])
            var configuration = configuration(node, password: "dusk")
            configuration.database = 2
            let connection = try await RedisConnection.connect(configuration, on: MultiThreadedEventLoopGroup.singleton) { push in
                pushed.change { $0.append(push.map(\.string)) }
            }
            #expect(connection.server.revision == 2)
            try await connection.send(RedisCommand("SUBSCRIBE", "bells"))
            #expect(try await pushed.wait { !$0.isEmpty } == [["message", "bells", "hi"]])
            #expect(try await connection.send(RedisCommand("PING")).elements?.first?.string == "pong")
            await connection.close()
        }
    }

    @Test(
        "what is no Redis ends the connection with a reason",
        arguments: [
            ("HTTP/1.1 400 Bad Request\r\n\r\n", RedisError.syntax(.unknownType(0x48))),
            ("*1000000000\r\n", .syntax(.tooManyElements)), ("", .closed),
        ])
    func garbage(text: String, error: RedisError) async throws {
        try await RawNode.run { peer, _ in
            try await peer.ear.wait { $0.text.contains("HELLO") }
            try await peer.send(text)
        } _: { node in
            let configuration = configuration(node)
            await #expect(throws: error) { try await RedisConnection.connect(configuration, on: MultiThreadedEventLoopGroup.singleton) }
        }
    }

    @Test("an answer that nobody asked for ends the connection")
    func unaskedAnswer() async throws {
        try await RawNode.run { peer, _ in
            try await peer.ear.wait { $0.text.contains("HELLO") }
            try await peer.send("%0\r\n+OK\r\n")
            try await peer.waitForEnd()
        } _: { node in
            let configuration = configuration(node)
            let connection = try? await RedisConnection.connect(configuration, on: MultiThreadedEventLoopGroup.singleton)
            if let connection { #expect(await connection.ended() == .syntax(.misplaced)) }
        }
    }
}
