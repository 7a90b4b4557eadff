import BlackBox
import Hummingbird
import Logging
import NIOCore
import Relay
import TestSupport
import Testing

@testable import WebServer

@Suite("Inputs in the black box", .serialized, .timeLimit(.minutes(2)))
struct InputWatchLiveTests {
    private let inputs: InputWatch

    init() throws {
        inputs = InputWatch(box: BlackBoxWriter(try BlackBoxMemory()), quarantine: Quarantine())
    }

    private var inFlight: [BlackBoxReader.Input] { BlackBoxReader(inputs.box.memory.copy())?.inFlight ?? [] }

    /// A listed input is gone a moment after its answer is out: on another thread.
    private func isEmptySoon() async throws -> Bool {
        for _ in 0..<1_000 where !inFlight.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        return inFlight.isEmpty
    }

    private static func post(_ path: String, _ body: String = "abc", extra: String = "") -> String {
        "POST \(path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\n\(extra)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    @Test("a request is listed by its id while its route works, and not after that")
    func request() async throws {
        let seen = Recorder<BlackBoxReader.Input>()
        let inputs = inputs
        try await LiveServer.run(
            inputs: inputs,
            routes: { router in
                router.post("work") { _, _ in
                    for input in BlackBoxReader(inputs.box.memory.copy())?.inFlight ?? [] { seen.note(input) }
                    return "done"
                }
            }
        ) { live in
            let answer = try await live.ask(Self.post("/work", extra: "x-request-id: from-kim\r\n"))
            #expect(answer.status == 200)
            #expect(try await isEmptySoon())
        }
        let input = try #require(seen.entries.first)
        #expect(seen.entries.count == 1 && input.kind == .request && input.id == "from-kim" && input.bytes == 3 && !input.isAnswered)
        #expect(input.fingerprint == InputFingerprint.request(method: "POST", target: "/work", bytes: 3))
    }

    @Test("a request whose client goes away does not stay listed")
    func gone() async throws {
        let (began, mayEnd) = (Signal(), Signal())
        try await LiveServer.run(
            inputs: inputs,
            routes: { router in
                router.get("long") { _, _ in
                    began.give()
                    await mayEnd.wait()
                    return "late"
                }
            }
        ) { live in
            let client = try await RawClient.connect(to: live.port)
            try await client.send("GET /long HTTP/1.1\r\nHost: a\r\n\r\n")
            await began.wait()
            #expect(inFlight.count == 1)
            await client.close()
            mayEnd.give()
            #expect(try await isEmptySoon())
        }
    }

    @Test("a message of a socket is listed until its handler is done with it")
    func frame() async throws {
        let seen = Recorder<BlackBoxReader.Input>()
        let inputs = inputs
        let handler = NotingHandler { _, socket in
            for input in BlackBoxReader(inputs.box.memory.copy())?.inFlight ?? [] { seen.note(input) }
            socket.send(SocketFrame(text: "done"))
        }
        try await LiveServer.run(sockets: [handler.route("/ws")], inputs: inputs) { live in
            let socket = try await RawSocket.open("/ws", port: live.port)
            try await socket.send(#"{"type":"send"}"#)
            #expect(try await socket.nextText() == "done")
            #expect(try await isEmptySoon())
            await socket.client.close()
        }
        let input = try #require(seen.entries.first)
        #expect(seen.entries.count == 1 && input.kind == .frame && input.bytes == 15 && input.id == handler.sockets.entries.first?.id)
    }

    @Test("a relayed request is listed, and as answered once its response has begun")
    func relay() async throws {
        let connections = try NodeConnections(group: LiveServer.group)
        let (asked, mayAnswer, isSeen) = (Signal(), Signal(), Signal())
        try await RawNode.run(script: { peer, _ in
            _ = try await peer.request()
            asked.give()
            await mayAnswer.wait()
            try await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab")
            // The half response stays under way until it was looked at.
            await isSeen.wait()
        }) { node in
            try await LiveServer.run(relays: [Passing.route(connections, port: node.port)], inputs: inputs) { live in
                let client = try await RawClient.connect(to: live.port)
                try await client.send(Self.post("/v1/messages"))
                await asked.wait()
                #expect(inFlight.map(\.kind) == [.relay] && inFlight.allSatisfy { $0.bytes == 3 && !$0.isAnswered })
                mayAnswer.give()
                try await client.wait { $0.text.hasSuffix("ab") }
                #expect(inFlight.allSatisfy(\.isAnswered) && inFlight.count == 1)
                isSeen.give()
                await client.close()
                #expect(try await isEmptySoon())
            }
            await connections.close()
        }
    }

    @Test("a request in quarantine gets 503 with the incident, past its route; others pass")
    func quarantinedRequest() async throws {
        let reached = Recorder<String>()
        let log = CapturedLog()
        inputs.quarantine.hold(InputFingerprint.request(method: "POST", target: "/work", bytes: 3), incident: "20261121-4711")
        try await LiveServer.run(
            inputs: inputs, logger: log.logger(),
            routes: { router in
                router.post("work") { _, _ in
                    reached.note("work")
                    return "done"
                }
            }
        ) { live in
            let answer = try await live.ask(Self.post("/work"))
            #expect(
                answer.status == 503 && answer.contains(#""code":"web.input_quarantined""#)
                    && answer.contains(#""incident":"20261121-4711""#))
            #expect(answer.lowercased().contains("retry-after: 600") && reached.entries.isEmpty)
            #expect(try await live.ask(Self.post("/work", String(repeating: "a", count: 300))).status == 200)
            inputs.quarantine.release()
            #expect(try await live.ask(Self.post("/work")).status == 200)
        }
        #expect(log.lines.contains { $0.contains("an input in quarantine was refused") && $0.contains("20261121-4711") })
        #expect(BlackBoxReader(inputs.box.memory.copy())?.counters.contains { $0.name == "inputs.quarantined" && $0.value == 1 } == true)
    }

    @Test("a relayed request in quarantine never reaches a node")
    func quarantinedRelay() async throws {
        let connections = try NodeConnections(group: LiveServer.group)
        let opened = Recorder<String>()
        inputs.quarantine.hold(InputFingerprint.request(method: "POST", target: "/v1/messages", bytes: 3), incident: "x")
        try await RawNode.run(script: { _, _ in }) { node in
            let route = Passing.route(connections, port: node.port, log: opened)
            try await LiveServer.run(relays: [route], inputs: inputs) { live in
                let answer = try await live.ask(Self.post("/v1/messages"))
                #expect(answer.status == 503 && answer.contains("web.input_quarantined") && opened.entries.isEmpty)
            }
            await connections.close()
        }
    }

    @Test("a message in quarantine ends its socket with 1011, unread; another socket's others are heard")
    func quarantinedFrame() async throws {
        let poison = #"{"type":"poison","a":"\\"}"#
        var text = poison
        let print = text.withUTF8 { InputFingerprint.frame(socket: InputFingerprint.socket(path: "/ws"), UnsafeRawBufferPointer($0)) }
        inputs.quarantine.hold(print, incident: "i9")
        let handler = NotingHandler { _, socket in socket.send(SocketFrame(text: "heard")) }
        try await LiveServer.run(sockets: [handler.route("/ws")], inputs: inputs) { live in
            let socket = try await RawSocket.open("/ws", port: live.port)
            try await socket.send("harmless")
            #expect(try await socket.nextText() == "heard")
            try await socket.send(poison)
            let close = try await socket.next()
            #expect(close.opcode == 8 && close.payload == [0x03, 0xF3] + Array("input_quarantined i9".utf8))
            await socket.client.close()
        }
        #expect(!handler.told.entries.contains("text \(poison)"))
    }

    @Test("a request for a socket is held back as well")
    func quarantinedUpgrade() async throws {
        let handler = NotingHandler()
        inputs.quarantine.hold(InputFingerprint.request(method: "GET", target: "/ws", bytes: nil), incident: "i")
        try await LiveServer.run(sockets: [handler.route("/ws")], inputs: inputs) { live in
            let answer = try await live.ask(
                "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                    + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n")
            #expect(answer.status == 503 && answer.contains("web.input_quarantined"))
        }
        #expect(handler.told.entries.isEmpty)
    }
}
