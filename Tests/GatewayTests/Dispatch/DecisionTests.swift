import NIOCore
import NIOHTTP1
import Relay
import Routing
import TestSupport
import Testing
import Vocabulary

@testable import Gateway

@Suite("What the dispatch decided", .timeLimit(.minutes(4)))
struct DecisionTests {
    @Test("is told with the reason of each choice, and why nobody else was asked")
    func reasons() async throws {
        let world = try await DispatchWorld(["north", "south"])
        let call = world.message()
        call.answer(529, Words.error("overloaded_error"))
        call.answer(500, Words.error("api_error"))
        #expect(call.isFinished)
        let booked = try await world.booked(call)
        #expect(booked.tries.map(\.reason) == [.onlyChoice, .onlyChoice] && booked.flags.contains(.noOtherNode))
        let words = booked.decision.map(\.words)
        #expect(words.first == "north was chosen: nothing else was free in the best priority")
        #expect(words.contains("south was tried next: nothing else was free in the best priority"))
        #expect(words.last == "no further node was tried: no other could take it")
        let again = world.message(headers: [("x-claude-code-session-id", "s")])
        again.complete(stream: true)
        let sticky = world.message(headers: [("x-claude-code-session-id", "s")])
        sticky.complete(stream: true)
        #expect(try await world.booked(sticky).tries.map(\.reason) == [.session])
    }

    @Test("ends where the tries of a request end, and where what may be charged must not be asked twice")
    func stops() async throws {
        let world = try await DispatchWorld(["north", "south"], environment: ["GATEWAY_RETRY_MAX": "0", "RETRY_MAX": "0"])
        let call = world.message()
        call.answer(500, Words.error("api_error"))
        #expect(call.isFinished && call.requests.count == 1)
        #expect(try await world.booked(call).flags.contains(.triesSpent))
        let other = try await DispatchWorld(["north", "south"])
        let upload = other.call(.POST, "/v1/files", headers: [("content-length", "9")])
        upload.tell(.opened)
        upload.fail(.reset, wasSent: true)
        #expect(
            try await other.booked(upload).decision.last?.words == "no further node was tried: what it asks for must not be asked twice")
    }

    @Test("is of the tier that the node names; where that has no price the bill says so instead of being wrong")
    func tiers() async throws {
        let world = try await DispatchWorld()
        for (tier, cost) in [("standard", Int64(105_000)), ("batch", 52_500), ("priority", nil)] as [(String, Int64?)] {
            let call = world.message(stream: false)
            call.answer(200, Words.json.replacing("\"usage\":{", with: "\"usage\":{\"service_tier\":\"\(tier)\","))
            let booked = try await world.booked(call)
            #expect(booked.summary.cost == cost && booked.summary.isUnpriced == (cost == nil), "\(tier)")
            #expect(booked.flags.tier.rawValue == tier)
        }
        let report = try await world.room.usage.report(
            by: .model, of: UsagePeriod(from: world.clock.now() - .seconds(60), to: world.clock.now() + .seconds(60)), in: world.lantern)
        #expect(report.unpricedModels == ["claude-sonnet-4-5 (priority)"])
    }
}
