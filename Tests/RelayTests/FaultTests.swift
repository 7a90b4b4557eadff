import NIOCore
import NIOHTTP1
import Synchronization
import TestSupport
import Testing

@testable import Relay

@Suite("Thousands of exchanges", .serialized, .timeLimit(.minutes(5)))
struct FaultTests {
    /// Exchanges that should be gone.
    private final class Graves: Sendable {
        private struct Grave {
            weak var exchange: RelayExchange?
        }

        private let graves: NIOLoopBoundBox<[Grave]>

        init(eventLoop: any EventLoop) {
            graves = .makeBoxSendingValue([], eventLoop: eventLoop)
        }

        func dig(_ call: TestCall) {
            call.act { exchange, _ in self.graves.value.append(Grave(exchange: exchange)) }
        }

        func living(_ eventLoop: any EventLoop) async throws -> Int {
            try await eventLoop.submit { self.graves.value.count { $0.exchange != nil } }.get()
        }
    }

    /// What a node does with a connection: by the seed, the number of the connection and nothing else.
    private static func misbehave(_ peer: RawPeer, random: inout SeededRandom) async throws {
        var rounds = 0
        while true {
            if Int.random(in: 0..<20, using: &random) == 0 { return await peer.reset() }
            _ = try await peer.request()
            rounds += 1
            let body = String(repeating: "b", count: Int.random(in: 0...5_000, using: &random))
            let whole =
                Bool.random(using: &random)
                ? "HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
                : "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + (body.isEmpty ? "" : "\(String(body.utf8.count, radix: 16))\r\n\(body)\r\n") + "0\r\n\r\n"
            switch Int.random(in: 0..<14, using: &random) {
            case 0: return await peer.reset()
            case 1: return await peer.close()
            case 2: try await peer.send("HTTP/1.1 503 No\r\nContent-Length: 4\r\n\r\nbusy")
            case 3: try await peer.send("nonsense")
            case 4: return try await peer.send(String(whole.prefix(Int.random(in: 0...whole.count, using: &random))))
            case 5:
                try await peer.send(String(whole.prefix(Int.random(in: 0...whole.count, using: &random))))
                return await peer.reset()
            case 6: try await peer.send(whole + "stray")
            case 7: return try await peer.send("HTTP/1.1 200 OK\r\n\r\n" + body)
            case 8: try await peer.waitForEnd()
            case 9:
                for byte in whole.utf8.prefix(200) { try await peer.send(ByteBuffer(bytes: [byte])) }
                try await peer.send(String(whole.dropFirst(200)))
            default: try await peer.send("HTTP/1.1 100 Continue\r\n\r\n" + whole)
            }
        }
    }

    @Test("end, whatever nodes and clients do, and leave nothing behind", arguments: [1, 2, 3, 4] as [UInt64])
    func faults(seed: UInt64) async throws {
        let refused = try await RawNode.run { _, _ in
        } _: {
            $0.target()
        }
        try await RawNode.run { peer, number in
            var random = SeededRandom(seed: seed &* 1_000_003 &+ UInt64(number))
            try await Self.misbehave(peer, random: &random)
        } _: { node in
            try await NodeConnections.run { connections in
                let graves = Graves(eventLoop: connections.group.next())
                let target = node.target()
                for batch in 0..<25 {
                    try await withThrowingTaskGroup(of: Void.self) { tasks in
                        for index in 0..<10 {
                            tasks.addTask {
                                var random = SeededRandom(seed: seed << 32 | UInt64(batch * 10 + index))
                                try await Self.call(
                                    connections, [target, refused, target, target].shuffled(using: &random), graves: graves, random: &random
                                )
                            }
                        }
                        try await tasks.waitForAll()
                    }
                }
                let eventLoop = connections.group.next()
                while try await graves.living(eventLoop) > 0 { try await Task.sleep(for: .milliseconds(1)) }
                let census = await connections.census()
                #expect(census.exchanges == 0)
                await connections.close()
                while await connections.census().connections > 0 { try await Task.sleep(for: .milliseconds(1)) }
            }
        }
    }

    private static func call(_ connections: NodeConnections, _ targets: [NodeTarget], graves: Graves, random: inout SeededRandom)
        async throws
    {
        let size = Int.random(in: 0...20_000, using: &random)
        let isStream = Bool.random(using: &random)
        var head = HTTPRequestHead.post(length: size)
        if Bool.random(using: &random) { head.headers = ["transfer-encoding": "chunked"] }
        let call = try await TestCall.open(connections, head) { Failover($0, targets, isStream: isStream, firstByte: .milliseconds(100)) }
        graves.dig(call)
        var left = size
        while left > 0 {
            let count = Int.random(in: 1...left, using: &random)
            left -= count
            call.send(String(repeating: "r", count: count), isLast: left == 0)
        }
        if size == 0 { call.send("", isLast: true) }
        if Int.random(in: 0..<4, using: &random) == 0 {
            try await Task.sleep(for: .microseconds(Int.random(in: 0...20_000, using: &random)))
            call.act { exchange, line in
                exchange.clientLeft()
                line.ear.change { $0.isCut = true }
            }
        }
        let heard = try await call.end(.seconds(20))
        #expect(!heard.isConfused || heard.isCut)
    }

    @Test("are let go of by all who knew them, after every ending")
    func leaks() async throws {
        let before = Failover.living.withLock { $0 }
        try await RawNode.run { peer, _ in
            while true {
                let request = try await peer.request()
                if request.hasPrefix("GET /break") { return try await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf") }
                if request.hasPrefix("GET /silent") { return try await peer.waitForEnd() }
                try await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            }
        } _: { node in
            try await NodeConnections.run { connections in
                let graves = Graves(eventLoop: connections.group.next())
                let target = node.target()
                try await withThrowingTaskGroup(of: Void.self) { tasks in
                    for _ in 0..<20 {
                        tasks.addTask {
                            for number in 0..<500 { try await Self.end(number % 5, connections, target, graves: graves) }
                        }
                    }
                    try await tasks.waitForAll()
                }
                let eventLoop = connections.group.next()
                while try await graves.living(eventLoop) > 0 { try await Task.sleep(for: .milliseconds(1)) }
                while Failover.living.withLock({ $0 }) > before { try await Task.sleep(for: .milliseconds(1)) }
                #expect(await connections.census().exchanges == 0)
            }
        }
    }

    private static func end(_ kind: Int, _ connections: NodeConnections, _ target: NodeTarget, graves: Graves) async throws {
        let path = ["/", "/break", "/silent", "/silent", "/"][kind]
        let call = try await TestCall.open(connections, .get(path)) {
            Failover($0, kind == 4 ? [] : [target], firstByte: kind == 2 ? .milliseconds(5) : .seconds(5))
        }
        graves.dig(call)
        if kind == 3 {
            call.act { exchange, line in
                exchange.clientLeft()
                line.ear.change { $0.isCut = true }
            }
        }
        try await call.end()
    }
}
