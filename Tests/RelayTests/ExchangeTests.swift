import NIOCore
import NIOHTTP1
import Synchronization
import TestSupport
import Testing

@testable import Relay

@Suite("An exchange", .timeLimit(.minutes(2)))
struct ExchangeTests {
    private static let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    private static func serve(_ peer: RawPeer, _ number: Int) async throws {
        while true {
            _ = try await peer.request()
            try await peer.send(ok)
        }
    }

    @Test("tells its dispatch what happens, in order, and passes the answer on in one flush")
    func order() async throws {
        try await RawNode.run(script: Self.serve) { node in
            try await NodeConnections.run { connections in
                for round in 0..<2 {
                    let log = Recorder<String>()
                    let target = node.target()
                    let call = try await TestCall.open(connections, .post(length: 6)) { Failover($0, [target], log: log) }
                    call.send("abc", isLast: false)
                    call.send("def")
                    let heard = try await call.end()
                    #expect(heard.text == "ok" && heard.isFinished && !heard.isConfused && heard.flushes == 0)
                    let connected = round == 0 ? "connected" : "connected again"
                    #expect(log.entries == ["opened", "gathered 6", connected, "sent", "head 200", "body", "end"])
                }
                #expect(await connections.census() == .init(connections: 1, idle: 1, exchanges: 0))
            }
        }
    }

    @Test("tells the many small chunks that came at once as one part, once the client has the head")
    func joined() async throws {
        let texts = (0..<100).map { "event \($0)\n\n" }
        let chunks = texts.map { "\(String($0.utf8.count, radix: 16))\r\n\($0)\r\n" }.joined()
        try await RawNode.run { peer, _ in
            _ = try await peer.request()
            try await peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(chunks)0\r\n\r\n")
            try await peer.waitForEnd()
        } _: { node in
            try await NodeConnections.run { connections in
                let log = Recorder<String>()
                let target = node.target()
                let call = try await TestCall.open(connections, .get()) { Failover($0, [target], log: log) }
                let heard = try await call.end()
                #expect(heard.text == texts.joined() && heard.isFinished && !heard.isConfused)
                // The system may deliver it in a few pieces.
                #expect(log.entries.count { $0 == "body" } < 10)
            }
        }
    }

    @Test("goes on to another node when one refuses, breaks, lies or answers 5xx")
    func failover() async throws {
        let log = Recorder<String>()
        let refused = try await RawNode.run { _, _ in
        } _: {
            $0.target()
        }
        try await RawNode.run { peer, number in
            let request = try await peer.request()
            #expect(request.hasSuffix("\r\n\r\nbody"))
            switch number {
            case 0: await peer.reset()
            case 1: try await peer.send("garbage")
            case 2:
                try await peer.send("HTTP/1.1 529 \r\nContent-Length: 4\r\n\r\nbusy")
                // Its connection is whole and may be asked again.
                _ = try await peer.request()
            case 3: await peer.close()
            default:
                try await peer.send(Self.ok)
                try await peer.waitForEnd()
            }
        } _: { node in
            try await NodeConnections.run { connections in
                let targets = [refused] + Array(repeating: node.target(), count: 6)
                let call = try await TestCall.open(connections, .post(length: 4)) { Failover($0, targets, log: log) }
                call.send("body")
                let heard = try await call.end()
                #expect(heard.text == "ok" && heard.head?.status == .ok)
                #expect(
                    log.entries.filter { $0.hasPrefix("failed") }.count == 5 && log.entries.contains("head 529")
                        && log.entries.contains("connected again"))
            }
        }
    }

    @Test("cuts an answer that breaks in its middle")
    func broken() async throws {
        try await RawNode.run { peer, _ in
            _ = try await peer.request()
            try await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")
            await peer.close()
        } _: { node in
            try await NodeConnections.run { connections in
                let target = node.target()
                let call = try await TestCall.open(connections, .get()) { Failover($0, [target, target]) }
                let heard = try await call.end()
                #expect(heard.isCut && heard.text == "half" && node.accepted.value == 1)
            }
        }
    }

    @Test("refuses a body that is too large, by its length or as it comes", arguments: [true, false])
    func tooLarge(isDeclared: Bool) async throws {
        try await NodeConnections.run { connections in
            let log = Recorder<String>()
            var head = HTTPRequestHead.post(length: 1_000)
            if !isDeclared { head.headers = ["transfer-encoding": "chunked"] }
            let call = try await TestCall.open(connections, head) { Failover($0, [], limit: 999, log: log) }
            if !isDeclared {
                call.send(String(repeating: "x", count: 500), isLast: false)
                call.send(String(repeating: "x", count: 500))
            }
            #expect(try await call.end().head?.status == .payloadTooLarge)
            #expect(log.entries == ["opened", "too large"])
        }
    }

    @Test("streams a body as it comes, with its own framing", arguments: [true, false])
    func streams(isDeclared: Bool) async throws {
        let heard = Ear("")
        try await RawNode.run { peer, _ in
            try await peer.ear.wait { $0.text.contains("one") }
            heard.change { $0 = "early" }
            try await peer.ear.wait { $0.text.hasSuffix("two") || $0.text.hasSuffix("0\r\n\r\n") }
            let text = peer.ear.value.text
            heard.change { $0 = text }
            try await peer.send(Self.ok)
            try await peer.waitForEnd()
        } _: { node in
            try await NodeConnections.run { connections in
                let target = node.target()
                var head = HTTPRequestHead.post("/v1/files", length: 6)
                if !isDeclared { head.headers = ["transfer-encoding": "chunked"] }
                let call = try await TestCall.open(connections, head) { Failover($0, [target], isStream: true) }
                call.send("one", isLast: false)
                try await heard.wait { $0 == "early" }
                call.send("two")
                #expect(try await call.end().text == "ok")
                let body =
                    isDeclared ? "Content-Length: 6\r\n\r\nonetwo" : "Transfer-Encoding: chunked\r\n\r\n3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n"
                #expect(heard.value.hasSuffix(body))
            }
        }
    }

    @Test("streams to the second node when nothing went to the first")
    func streamAgain() async throws {
        let refused = try await RawNode.run { _, _ in
        } _: {
            $0.target()
        }
        try await RawNode.run(script: Self.serve) { node in
            try await NodeConnections.run { connections in
                let targets = [refused, node.target()]
                let call = try await TestCall.open(connections, .post(length: 3)) { Failover($0, targets, isStream: true) }
                call.send("abc")
                #expect(try await call.end().text == "ok")
            }
        }
    }

    @Test("does not stream a body twice")
    func streamOnce() async throws {
        try await RawNode.run { peer, _ in
            _ = try await peer.request()
            await peer.close()
        } _: { node in
            try await NodeConnections.run { connections in
                let (target, log) = (node.target(), Recorder<String>())
                let call = try await TestCall.open(connections, .post(length: 3)) {
                    Failover($0, [target, target], isStream: true, log: log)
                }
                call.send("abc")
                #expect(try await call.end().head?.status == .badGateway)
                #expect(log.entries.suffix(2) == ["failed closed", "failed malformed"] && node.accepted.value == 1)
            }
        }
    }

    @Test("stops reading from the client while a node takes nothing of its stream, and from a node while the client takes nothing")
    func backPressure() async throws {
        let sink = Ear(false)
        try await RawNode.run { peer, _ in
            try await peer.channel.setOption(.autoRead, value: false).get()
            try await sink.wait(.seconds(20)) { $0 }
            try await peer.channel.setOption(.autoRead, value: true).get()
            try await peer.ear.wait { $0.bytes.readableBytes > 64 << 20 }
            try await peer.send("HTTP/1.1 200 OK\r\nContent-Length: \(64 << 20)\r\n\r\n")
            try await peer.send(ByteBuffer(repeating: 0x78, count: 64 << 20))
            try await peer.waitForEnd()
        } _: { node in
            try await NodeConnections.run { connections in
                let target = node.target()
                let call = try await TestCall.open(connections, .post(length: 64 << 20)) {
                    Failover($0, [target], isStream: true, firstByte: .seconds(60))
                }
                try await call.ear.wait { $0.isReading == true }
                let piece = String(repeating: "x", count: 1 << 20)
                var sent = 0
                while call.ear.value.isReading == true {
                    call.send(piece, isLast: false)
                    sent += 1
                    try await call.eventLoop.submit {}.get()
                }
                #expect(sent < 40)
                sink.change { $0 = true }
                while sent < 64 {
                    try await call.ear.wait { $0.isReading == true }
                    call.send(piece, isLast: sent == 63)
                    sent += 1
                    try await call.eventLoop.submit {}.get()
                }
                // What comes in one burst is taken; then nothing more.
                call.act { $1.isWritable = false }
                try await call.ear.wait { $0.body.readableBytes > 0 }
                var before = -1
                while before != call.ear.value.body.readableBytes {
                    before = call.ear.value.body.readableBytes
                    try await Task.sleep(for: .milliseconds(50))
                }
                #expect(before <= 512 * 1_024)
                call.act {
                    $1.isWritable = true
                    $0.clientWritable(true)
                }
                #expect(try await call.end(.seconds(30)).body.readableBytes == 64 << 20)
            }
        }
    }

    @Test("cancels upstream within 50 ms of the client's leaving, in every stage", arguments: ["GET", "head", "body"])
    func leaves(stage: String) async throws {
        let ended = Ear([ContinuousClock.Instant]())
        try await RawNode.run { peer, _ in
            _ = try await peer.request()
            if stage != "GET" { try await peer.send("HTTP/1.1 200 OK\r\n\r\n") }
            if stage == "body" { try await peer.send("data: x\n\n") }
            try await peer.waitForEnd()
            ended.change { $0.append(peer.ear.value.endedAt ?? .now) }
        } _: { node in
            try await NodeConnections.run { connections in
                // The machine may be busy with other tests: the best of some counts.
                var best = Duration.seconds(60)
                for number in 1...20 where best > .milliseconds(50) {
                    let (target, log) = (node.target(), Recorder<String>())
                    let call = try await TestCall.open(connections, .get()) { Failover($0, [target], log: log) }
                    if stage == "head" { try await call.ear.wait { $0.head != nil } }
                    if stage == "body" { try await call.ear.wait { $0.body.readableBytes > 0 } }
                    while !log.entries.contains("sent") { try await Task.sleep(for: .milliseconds(1)) }
                    let began = ContinuousClock.now
                    call.act { exchange, _ in exchange.clientLeft() }
                    let ends = try await ended.wait { $0.count == number }
                    for end in ends.suffix(1) { best = min(best, began.duration(to: end)) }
                    #expect(log.entries.last == "left")
                    // The node may see the end a moment before we have put it down.
                    while await connections.census() != .init() { await Task.yield() }
                    call.letGo()
                }
                #expect(best < .milliseconds(50))
            }
        }
    }

    @Test("keeps its deadlines, at most 100 ms late; a cleared one never comes")
    func timers() async throws {
        try await NodeConnections.run { connections in
            let began = ContinuousClock.now
            let passed = Recorder<Duration>()
            let call = try await TestCall.open(connections, .get()) { _ in
                Scripted { event in
                    switch event {
                    case .opened:
                        return [
                            .setTimer(.hold, after: .milliseconds(10)), .setTimer(.firstByte, after: .milliseconds(50)),
                            .setTimer(.ping, after: .milliseconds(150)),
                            .clearTimer(.hold), .setTimer(.deadline, after: .milliseconds(20)),
                            .setTimer(.deadline, after: .milliseconds(250)),
                        ]
                    case .timer(.deadline):
                        passed.note(began.duration(to: .now))
                        return [.respond(HTTPResponseHead(version: .http1_1, status: .ok)), .finish(nil)]
                    case .timer(let timer):
                        #expect(timer != .hold)
                        passed.note(began.duration(to: .now))
                        return []
                    default: return []
                    }
                }
            }
            try await call.end()
            for (passed, due) in zip(passed.entries, [50, 150, 250]) {
                #expect(passed >= .milliseconds(due) && passed < .milliseconds(due + 100))
            }
            #expect(passed.entries.count == 3)
        }
    }

    @Test("is woken from any thread, and not when it is over")
    func wakes() async throws {
        try await NodeConnections.run { connections in
            let log = Recorder<String>()
            let waker = Ear<RelayWaker?>(nil)
            let call = try await TestCall.open(connections, .get()) { request in
                waker.change { $0 = request.waker }
                return Scripted { event in
                    log.note(event.name)
                    return event.name == "woken" ? [.respond(HTTPResponseHead(version: .http1_1, status: .ok)), .finish(nil)] : []
                }
            }
            let kept = waker.value
            kept?.wake()
            try await call.end()
            kept?.wake()
            try await call.eventLoop.submit {}.get()
            #expect(log.entries == ["opened", "woken"])
        }
    }

    @Test("never delivers events of an attempt that was given up, and begins the next in the same breath")
    func endsAttempts() async throws {
        try await RawNode.run { peer, _ in
            _ = try await peer.request()
            try await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none")
            try await peer.waitForEnd()
        } _: { node in
            try await NodeConnections.run { connections in
                let (target, log) = (node.target(), Recorder<String>())
                let call = try await TestCall.open(connections, .get()) { request in
                    let heads = Mutex(0)
                    return Scripted { event in
                        log.note(event.name)
                        let node = NodeRequest(target: target, head: request.head, body: .none, connectTimeout: .seconds(1))
                        switch event {
                        case .opened: return [.attempt(node)]
                        case .attempt(.head(let head)):
                            let count = heads.withLock {
                                $0 += 1; return $0
                            }
                            return count < 3 ? [.endAttempt, .attempt(node)] : [.respond(head)]
                        case .attempt(.body(let bytes)): return [.write(bytes)]
                        case .attempt(.end): return [.finish(nil)]
                        default: return []
                        }
                    }
                }
                #expect(try await call.end().text == "one")
                let once = ["connected", "sent", "head 200"]
                #expect(log.entries == ["opened"] + once + once + once + ["body", "end"])
            }
        }
    }

    @Test("does what a confused dispatch says without harm, and knows when nothing can happen any more")
    func confused() async throws {
        try await NodeConnections.run { connections in
            let head = HTTPResponseHead(version: .http1_1, status: .ok)
            let call = try await TestCall.open(connections, .get()) { _ in
                Scripted { event in
                    guard case .opened = event else { return [] }
                    return [
                        .write(ByteBuffer(string: "x")), .endAttempt, .respond(head), .respond(head), .gatherBody(limit: 0),
                        .gatherBody(limit: 1),
                    ]
                }
            }
            let isStuck = try await call.eventLoop.submit { () -> Bool in false }.get()
            #expect(!isStuck)
            let stuck = Ear(false)
            call.act { exchange, _ in
                let value = exchange.isStuck
                stuck.change { $0 = value }
            }
            try await stuck.wait { $0 }
            call.act { exchange, _ in exchange.clientLeft() }
            #expect(!call.ear.value.isConfused && call.ear.value.head != nil)
            call.letGo()
            let early = try await TestCall.open(connections, .get()) { _ in Scripted { _ in [.finish(nil), .finish(nil), .cut] } }
            #expect(try await early.end().isCut)
        }
    }
}
