import NIOCore
import NIOHTTP1
import Relay
import Routing
import TestSupport
import Testing
import Vocabulary

@testable import Gateway

/// Ten thousand requests of random fates, some at once, against a relay that keeps to its protocol.
@Suite("Whatever happens", .timeLimit(.minutes(5)))
struct DispatchRandomTests {
    @Test("there is one attempt at a time, one response, one row, and nothing is left behind", arguments: [1, 2])
    func fates(seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        let world = try await DispatchWorld(["south"], environment: ["GATEWAY_QUEUE": "3", "GATEWAY_FAIL_THRESHOLD": "100"])
        try await world.add(NodeChange(name: "north", maxConcurrency: .set(2)))
        try await world.add(NodeChange(name: "west", priority: 2, models: [.init(match: "*", to: "other")]))
        var running: [Call] = []
        var (admitted, faults) = (0, [String]())
        for number in 0..<5_000 {
            running.append(begin(in: world, &random))
            while running.count > 6 || (number == 4_999 && !running.isEmpty) {
                let index = Int.random(in: running.indices, using: &random)
                step(running[index], in: world, &random)
                guard running[index].isOver else { continue }
                let call = running.remove(at: index)
                faults += call.faults
                if call.wasAdmitted { admitted += 1 }
            }
            if number % 1_000 == 999 { try await world.room.mover.recover() }
            if number % 50 == 0 {
                for node in world.room.nodes.nodes(of: world.lantern) { world.room.health.revive(node.id, in: world.lantern) }
            }
            guard faults.isEmpty else { break }
        }
        #expect(faults.isEmpty && world.leftovers.isEmpty)
        let rows = try await world.rows()
        #expect(rows["open "] == nil && rows["failed gateway.abandoned"] == nil)
        // Refusals before admission are counted apart once there are many in a minute: all others have their row.
        let booked = rows.filter { row in !Call.codesOfRefusals.contains { row.key.hasSuffix($0) } }.values.reduce(0, +)
        #expect(booked == admitted)
    }

    private func begin(in world: DispatchWorld, _ random: inout SeededRandom) -> Call {
        let isUnknown = Int.random(in: 0..<10, using: &random) == 0
        let call = world.call(.POST, isUnknown ? "/v1/other" : "/v1/messages")
        call.tell(.opened)
        return call
    }

    private func step(_ call: Call, in world: DispatchWorld, _ random: inout SeededRandom) {
        world.now = world.now + .milliseconds(Int64.random(in: 0...20, using: &random))
        switch Int.random(in: 0..<100, using: &random) {
        case 0: return call.tell(.clientLeft)
        case 1: return call.tell(.draining)
        case 2...12:
            if let timer = call.timers.keys.sorted(by: { $0.rawValue < $1.rawValue }).randomElement(using: &random) { call.pass(timer) }
            return
        default: break
        }
        if call.hasWake { return call.tell(.woken) }
        if call.isGathering { return gather(call, &random) }
        if call.isTrying { return hear(call, &random) }
        if call.timers[.queue] != nil { call.pass(.queue) }
    }

    private func gather(_ call: Call, _ random: inout SeededRandom) {
        if Int.random(in: 0..<30, using: &random) == 0 { return call.tell(.bodyTooLarge) }
        let model = ["a", "b"].randomElement(using: &random) ?? "a"
        call.tell(.bodyGathered(ByteBuffer(string: Words.request(model: model, stream: Bool.random(using: &random)))))
    }

    private func hear(_ call: Call, _ random: inout SeededRandom) {
        let kinds: [AttemptFailure.Kind] = [.refused, .reset, .closed, .tls, .connectTimeout, .malformed, .headTooLarge]
        if Int.random(in: 0..<12, using: &random) == 0 {
            let wasSent = call.hasHead || Bool.random(using: &random)
            return call.fail(kinds.randomElement(using: &random) ?? .reset, wasSent: wasSent)
        }
        guard call.hasHead else {
            switch Int.random(in: 0..<6, using: &random) {
            case 0: return call.tell(.attempt(.connected(isReused: false)))
            case 1, 2: return call.beginStream()
            case 3: return call.answer(200)
            default: return call.answer([400, 401, 404, 408, 429, 500, 529, 302, 304].randomElement(using: &random) ?? 500)
            }
        }
        let pieces = [
            Words.start, Words.content, Words.end, Words.content, Words.failure("overloaded_error"), Words.failure("invalid_request_error"),
            "event: content_blo", "\n\n", Words.json, String(repeating: "x", count: 70_000),
        ]
        if Int.random(in: 0..<3, using: &random) == 0 { return call.end() }
        call.body(pieces.randomElement(using: &random) ?? "")
    }
}

extension Call {
    static let codesOfRefusals = ["gateway.body_too_large", "gateway.stopping"]

    /// Its body was taken, so that it has a row of its own.
    var wasAdmitted: Bool { !isGathering && !Self.codesOfRefusals.contains(code ?? "") }
}
