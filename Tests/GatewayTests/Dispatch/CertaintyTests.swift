import NIOCore
import NIOHTTP1
import Relay
import Routing
import Testing

@testable import Gateway

/// One way in which a node can fail, and all that docs/gateway.md sections 5 and 6 say follows from it.
struct Failure: Sendable, CustomTestStringConvertible {
    enum Blamed: Sendable {
        case nobody, node, rateDomain, model, dead
    }

    let testDescription: String
    var isForStreams: Bool?
    let happens: @Sendable (Call) -> Void
    /// What a client sees that has no other node.
    let alone: Int
    var code: String?
    var goesOn = true
    let blamed: Blamed
    let certainty: AttemptCertainty
    let outcome: String
    var isChargeSuspected = false

    static func status(_ status: Int, _ blamed: Blamed, goesOn: Bool = true) -> Failure {
        Failure(
            testDescription: "\(status)", happens: { $0.answer(status, Words.error("some_error")) }, alone: status, goesOn: goesOn,
            blamed: blamed, certainty: .rejected, outcome: "status_\(status)")
    }

    static let all: [Failure] =
        [
            Failure(
                testDescription: "refused", happens: { $0.fail(.refused, wasSent: false) }, alone: 502, code: "gateway.upstream_broken",
                blamed: .node, certainty: .notSent, outcome: "not_sent_refused_refused"),
            Failure(
                testDescription: "TLS fails", happens: { $0.fail(.tls, wasSent: false) }, alone: 502, code: "gateway.upstream_broken",
                blamed: .node, certainty: .notSent, outcome: "not_sent_tls_tls"),
            Failure(
                testDescription: "connecting takes too long", happens: { $0.fail(.connectTimeout, wasSent: false) }, alone: 504,
                code: "gateway.upstream_late", blamed: .node, certainty: .notSent, outcome: "not_sent_connect_timeout_connectTimeout"),
            Failure(
                testDescription: "reset after the request", happens: { $0.fail(.reset, wasSent: true) }, alone: 502,
                code: "gateway.upstream_broken", blamed: .node, certainty: .possiblyAccepted, outcome: "broke_before_head_reset",
                isChargeSuspected: true),
            Failure(
                testDescription: "no first byte", isForStreams: true, happens: { $0.pass(.firstByte) }, alone: 504,
                code: "gateway.upstream_late", blamed: .node, certainty: .possiblyAccepted, outcome: "first_byte_timeout",
                isChargeSuspected: true),
            // Ten minutes are more than a client should wait for another attempt to begin.
            Failure(
                testDescription: "no first byte of an answer", isForStreams: false, happens: { $0.pass(.firstByte) }, alone: 504,
                code: "gateway.upstream_late", goesOn: false, blamed: .node, certainty: .possiblyAccepted, outcome: "first_byte_timeout",
                isChargeSuspected: true),
            .status(400, .nobody, goesOn: false), .status(413, .nobody, goesOn: false), .status(422, .nobody, goesOn: false),
            .status(401, .dead), .status(402, .dead), .status(403, .dead), .status(404, .model), .status(408, .nobody),
            .status(409, .nobody), .status(429, .rateDomain), .status(500, .node), .status(503, .node), .status(529, .node),
            // A redirect is never handed on: who follows it takes the client's key to another host.
            Failure(
                testDescription: "302", happens: { $0.answer(302, Words.error("some_error")) }, alone: 502,
                code: "gateway.upstream_redirected", blamed: .node, certainty: .rejected, outcome: "status_302"),
            Failure(
                testDescription: "an error whose end is missing",
                happens: {
                    $0.answer(500)
                    $0.body("{")
                    $0.fail(.reset, wasSent: true)
                }, alone: 502, code: "gateway.upstream_broken", blamed: .node, certainty: .possiblyAccepted, outcome: "broke_before_head",
                isChargeSuspected: true),
            Failure(
                testDescription: "overloaded before content", isForStreams: true,
                happens: {
                    $0.beginStream()
                    $0.body(Words.start + Words.failure("overloaded_error"))
                }, alone: 200, blamed: .node, certainty: .started, outcome: "early_stream_error", isChargeSuspected: true),
            Failure(
                testDescription: "broken before content",
                happens: {
                    if $0.requests.first?.isStream == true { $0.beginStream() } else { $0.answer(200) }
                    $0.body($0.requests.first?.isStream == true ? Words.start : "{")
                    $0.fail(.reset, wasSent: true)
                }, alone: 502, code: "gateway.upstream_broken", blamed: .node, certainty: .started, outcome: "broke_before_content",
                isChargeSuspected: true),
            Failure(
                testDescription: "an end without the last word", isForStreams: true,
                happens: {
                    $0.beginStream()
                    $0.body(Words.start)
                    $0.end()
                }, alone: 502, code: "gateway.upstream_broken", blamed: .node, certainty: .started, outcome: "broke_before_content",
                isChargeSuspected: true),
            Failure(
                testDescription: "silence after the head", isForStreams: false,
                happens: {
                    $0.answer(200)
                    $0.pass(.silence)
                }, alone: 504, code: "gateway.upstream_late", goesOn: false, blamed: .node, certainty: .started, outcome: "silence",
                isChargeSuspected: true),
        ]
}

extension NodeRequest {
    /// Whether the body asks for a stream.
    var isStream: Bool {
        guard case .bytes(let pieces) = body else { return false }
        return pieces.map { String(buffer: $0) }.joined().contains(#""stream":true"#)
    }
}

extension NodeSnapshot {
    var blamed: Failure.Blamed {
        if state.name == "dead" || isKept { return .dead }
        if rateLimitedUntil != nil { return .rateDomain }
        if missingModels > 0 { return .model }
        return errorRate > 0 ? .node : .nobody
    }
}

@Suite("What a node's failure means", .timeLimit(.minutes(2)))
struct CertaintyTests {
    @Test("for a client that has no other node: the node's own words, or ours", arguments: Failure.all, [true, false])
    func alone(failure: Failure, stream: Bool) async throws {
        guard failure.isForStreams ?? stream == stream else { return }
        let world = try await DispatchWorld()
        let call = world.message(stream: stream)
        failure.happens(call)
        #expect(call.faults.isEmpty && call.isFinished && call.requests.count == 1)
        #expect(call.status == failure.alone && call.code == failure.code)
        #expect(call.head?.headers.contains(name: "x-switchboard-attempts") == false)
        if failure.code == nil { #expect(call.sent.contains(#""message":"no""#)) }
        #expect(world.node("north")?.blamed == failure.blamed)
        #expect(world.leftovers.isEmpty)
        let booked = try await world.booked(call)
        #expect(booked.summary.status == .failed && booked.summary.httpStatus == failure.alone && booked.tries.count == 1)
        check(booked.tries.first, failure)
    }

    @Test("for a client that has another node: it sees nothing but that one's answer", arguments: Failure.all, [true, false])
    func pair(failure: Failure, stream: Bool) async throws {
        guard failure.isForStreams ?? stream == stream else { return }
        let world = try await DispatchWorld(["north", "south"])
        let call = world.message(stream: stream)
        #expect(call.node == "north")
        failure.happens(call)
        #expect(world.node("north")?.blamed == failure.blamed)
        guard failure.goesOn else {
            #expect(call.status == failure.alone && call.requests.count == 1 && world.leftovers.isEmpty)
            return
        }
        #expect(call.node == "south" && call.head == nil)
        call.complete(stream: stream)
        #expect(call.faults.isEmpty && call.isFinished && call.status == 200)
        #expect(call.sent == (stream ? Words.stream : Words.json))
        #expect(call.head?.headers.first(name: "x-switchboard-attempts") == "2")
        #expect(world.node("south")?.blamed == .nobody && world.leftovers.isEmpty)
        let booked = try await world.booked(call)
        #expect(booked.summary.status == .completed && booked.summary.attempts == 2 && booked.summary.node?.name == "south")
        #expect(booked.summary.usage?.output == 5 && booked.summary.cost != nil)
        #expect(booked.tries.map(\.number) == [1, 2] && booked.tries.last?.certainty == .completed)
        check(booked.tries.first, failure)
    }

    private func check(_ attempt: AttemptSummary?, _ failure: Failure) {
        #expect(attempt?.certainty == failure.certainty && attempt?.outcome == failure.outcome)
        #expect(attempt?.isChargeSuspected == failure.isChargeSuspected)
        #expect(attempt?.isNodeFault == (failure.blamed == .node || failure.blamed == .dead))
    }

    @Test("that a stream with content is never begun again: an error ends it, in the protocol of who asked")
    func committed() async throws {
        for (kind, code) in [("broken", "upstream_broken"), ("ended", "upstream_broken"), ("silent", "upstream_silent")] {
            let world = try await DispatchWorld(["north", "south"])
            let call = world.message()
            call.beginStream()
            call.body(Words.start + Words.content)
            switch kind {
            case "broken": call.fail(.reset, wasSent: true)
            case "ended": call.end()
            default: call.pass(.silence)
            }
            #expect(call.faults.isEmpty && call.isFinished && call.requests.count == 1)
            #expect(
                call.sent.hasPrefix(
                    Words.start + Words.content + "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"api_error\""))
            #expect(call.sent.hasSuffix("\n\n") && call.sent.contains("req_1"))
            #expect(world.node("north")?.blamed == .node && world.leftovers.isEmpty)
            let booked = try await world.booked(call)
            #expect(booked.summary.status == .failed && booked.summary.code == "gateway.\(code)" && booked.flags.contains(.broken))
            #expect(booked.tries.first?.certainty == .committed && booked.summary.usage?.input == 10)
        }
    }

    @Test("that an answer which was begun and is no stream is cut, so that nobody takes it for whole")
    func cut() async throws {
        let world = try await DispatchWorld(["north", "south"])
        let call = world.message(stream: false)
        call.answer(200)
        call.body(String(repeating: " ", count: 70_000))
        #expect(call.head != nil && call.sent.utf8.count == 70_000)
        call.fail(.closed, wasSent: true)
        #expect(call.isCut && call.requests.count == 1 && world.leftovers.isEmpty)
    }

    @Test("that of several errors the client gets the best one, with the number of attempts")
    func best() async throws {
        let world = try await DispatchWorld(["north", "south", "west"])
        let call = world.message()
        call.answer(401, Words.error("authentication_error"))
        call.answer(429, Words.error("rate_limit_error"), [("content-type", "application/json"), ("retry-after", "7")])
        call.answer(500, Words.error("api_error"))
        #expect(call.status == 429 && call.head?.headers.first(name: "retry-after") == "7" && call.faults.isEmpty)
        #expect(call.sent == Words.error("rate_limit_error"))
        #expect(call.head?.headers["x-switchboard-attempts"] == ["3"])
        let booked = try await world.booked(call)
        #expect(booked.tries.map(\.httpStatus) == [401, 429, 500] && booked.summary.node?.name == "south")
    }

    @Test("that an overload told inside a stream is better than a refused credential")
    func bestOfStream() async throws {
        let world = try await DispatchWorld(["north", "south"])
        let call = world.message()
        call.beginStream()
        call.body(Words.start + Words.failure("overloaded_error"))
        call.answer(401, Words.error("authentication_error"))
        #expect(call.status == 200 && call.sent == Words.start + Words.failure("overloaded_error"))
    }

    @Test("that at most two more are tried, and that the retry budget holds for all but what was never sent")
    func bounds() async throws {
        let names = (1...6).map { "n\($0)" }
        let world = try await DispatchWorld(names)
        let call = world.message()
        for _ in 0..<3 { call.fail(.refused, wasSent: false) }
        #expect(call.isFinished && call.requests.count == 3)
        let spent = try await DispatchWorld(names)
        var tries: [Int] = []
        for _ in 0..<4 {
            let call = spent.message()
            while !call.isOver { call.answer(408, Words.error("timeout_error")) }
            tries.append(call.requests.count)
        }
        #expect(tries == [3, 2, 1, 1])
        let free = spent.message()
        free.fail(.unreachable, wasSent: false)
        #expect(free.requests.count == 2)
    }

    @Test("that a kept connection which had gone stale is nobody's fault, and the same node is asked again")
    func stale() async throws {
        let world = try await DispatchWorld()
        let call = world.message()
        call.fail(.closed, wasSent: false, wasReused: true)
        #expect(call.node == "north")
        call.complete(stream: true)
        #expect(call.status == 200 && world.node("north")?.blamed == .nobody && world.leftovers.isEmpty)
    }

    @Test("that an error longer than what is held back still goes on, and is never mixed with another node's answer")
    func longError() async throws {
        let world = try await DispatchWorld(["north", "south"])
        for length in [100_000, 2_000_000] {
            let call = world.message()
            call.answer(503, [("content-type", "text/html")])
            for _ in 0..<10 where call.node == "north" { call.body(String(repeating: "x", count: length / 10)) }
            if call.node == "north" { call.end() }
            #expect(call.node == "south" && call.head == nil)
            call.complete(stream: true)
            #expect(call.sent == Words.stream && call.faults.isEmpty && world.leftovers.isEmpty)
        }
    }
}
