import NIOCore
import NIOHTTP1
import TestSupport
import Testing

@testable import Relay

@Suite("A body that is looked at on its way", .timeLimit(.minutes(1)))
struct InspectedStreamTests {
    private static let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    private func dispatch(_ request: RelayRequest, _ target: NodeTarget, _ log: Recorder<String>, atEnd: [DispatchAction]) -> Scripted {
        Scripted { event in
            log.note(event.name)
            switch event {
            case .opened:
                return [
                    .attempt(
                        NodeRequest(target: target, head: request.head, body: .inspectedStream(limit: 100), connectTimeout: .seconds(1)))
                ]
            case .bodyRead: return atEnd
            case .attempt(.head(let head)): return [.respond(head)]
            case .attempt(.body(let bytes)): return [.write(bytes)]
            case .attempt(.end(let trailers)): return [.finish(trailers)]
            case .bodyTooLarge: return [.endAttempt, .respond(HTTPResponseHead(version: .http1_1, status: .payloadTooLarge)), .finish(nil)]
            default: return []
            }
        }
    }

    @Test("reaches the node part by part, and its end when the dispatch has seen all of it", arguments: [true, false])
    func passes(isDeclared: Bool) async throws {
        let early = Ear(false)
        try await RawNode.run { peer, _ in
            try await peer.ear.wait { $0.text.contains("one") }
            early.change { $0 = !peer.ear.value.text.contains("two") }
            try await peer.ear.wait { $0.text.contains("three") && (isDeclared || $0.text.hasSuffix("0\r\n\r\n")) }
            try await peer.send(Self.ok)
            try await peer.waitForEnd()
        } _: { node in
            try await NodeConnections.run { connections in
                let (target, log) = (node.target(), Recorder<String>())
                var head = HTTPRequestHead.post("/v1/batches", length: 11)
                if !isDeclared { head.headers = ["transfer-encoding": "chunked"] }
                let call = try await TestCall.open(connections, head) { dispatch($0, target, log, atEnd: [.sendRest]) }
                call.send("one", isLast: false)
                call.send("two", isLast: false)
                try await early.wait { $0 }
                call.send("three")
                #expect(try await call.end().text == "ok")
                #expect(log.entries.filter { $0.hasPrefix("part") || $0 == "read" } == ["part 3", "part 3", "part 5", "read"])
            }
        }
    }

    @Test("is cut off before its end when the dispatch does not want it")
    func refused() async throws {
        let got = Ear("")
        try await RawNode.run { peer, _ in
            try await peer.waitForEnd()
            got.change { $0 = peer.ear.value.text + "." }
        } _: { node in
            try await NodeConnections.run { connections in
                let (target, log) = (node.target(), Recorder<String>())
                let no = HTTPResponseHead(version: .http1_1, status: .forbidden, headers: ["content-length": "0"])
                let call = try await TestCall.open(connections, .post("/v1/batches", length: 6)) {
                    dispatch($0, target, log, atEnd: [.endAttempt, .respond(no), .finish(nil)])
                }
                call.send("one", isLast: false)
                call.send("two")
                #expect(try await call.end().head?.status == .forbidden)
                try await got.wait { !$0.isEmpty }
                #expect(!got.value.contains("two"), "without its end nothing is made of it")
            }
        }
    }
}
