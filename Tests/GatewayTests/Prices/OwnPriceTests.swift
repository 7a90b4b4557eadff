@testable import Gateway
import Storage
import TestSupport
import Testing
import Vocabulary

struct OwnPriceTests {
    private let million = PricedTokens(input: 1_000_000)

    private func cost(_ world: RoomWorld, _ model: String, tokens: PricedTokens? = nil) -> Int64? {
        world.prices.book(of: world.ada.workspace).price(tokens ?? million, model: model, at: world.clock.now())?.total
    }

    @Test("an own price wins over the built-in book at once, only in its workspace, and ends when it is removed")
    func overrules() async throws {
        let world = try await RoomWorld()
        let entry = try await world.prices.add(PriceDraft(match: "claude-opus-5", input: 7, output: 9), by: world.byAda)
        #expect(cost(world, "claude-opus-5") == 7)
        #expect(cost(world, "claude-opus-5", tokens: PricedTokens(cacheRead: 1_000_000)) == 7)
        #expect(
            world.prices.book(of: world.eve.workspace).price(million, model: "claude-opus-5", at: world.clock.now())?.total == 5_000_000_000
        )
        #expect(await gatewayCode { try await world.prices.remove(entry.id, by: world.byEve) } == "gateway.price_not_found")
        try await world.prices.remove(entry.id, by: world.byAda)
        #expect(cost(world, "claude-opus-5") == 5_000_000_000)
        #expect(await gatewayCode { try await world.prices.remove(entry.id, by: world.byAda) } == "gateway.price_not_found")
    }

    @Test("own prices outlive the process")
    func survives() async throws {
        let world = try await RoomWorld()
        try await _ = world.prices.add(PriceDraft(match: "my-*", tierAbove: 0, input: 3, output: 4, source: "contract"), by: world.byAda)
        let again = try await Prices.open(database: world.database, clock: world.clock)
        let entry = again.book(of: world.ada.workspace).entry(for: "my-model", prompt: 1, at: world.clock.now())
        #expect(entry?.source == "contract")
        #expect(entry?.isOwn == true)
        #expect(entry == world.prices.book(of: world.ada.workspace).own.first)
    }

    @Test("among own prices the narrower wins, then the later day, then the higher tier")
    func precedence() async throws {
        let world = try await RoomWorld()
        let tomorrow = world.clock.now() + .seconds(86_400)
        for draft in [
            PriceDraft(match: "*", input: 1, output: 1), PriceDraft(match: "claude-*", input: 2, output: 1),
            PriceDraft(match: "claude-opus-5", input: 3, output: 1),
            PriceDraft(match: "claude-opus-5", tierAbove: 500_000, input: 4, output: 1),
            PriceDraft(match: "claude-opus-5", effectiveFrom: tomorrow, input: 5, output: 1),
        ] { _ = try await world.prices.add(draft, by: world.byAda) }
        #expect(cost(world, "unheard-of") == 1)
        #expect(cost(world, "claude-sonnet-5") == 2)
        #expect(cost(world, "claude-opus-5", tokens: PricedTokens(input: 500_000)) == 2)  // 1.5, halves up
        #expect(cost(world, "claude-opus-5") == 4)
        #expect(world.prices.book(of: world.ada.workspace).price(million, model: "claude-opus-5", at: tomorrow)?.total == 5)
    }

    @Test(
        "a price that makes no sense is refused field by field",
        arguments: [
            (PriceDraft(match: "", input: 1, output: 1), ["match"]), (PriceDraft(match: "a b", input: 1, output: 1), ["match"]),
            (PriceDraft(match: "********a*", input: 1, output: 1), ["match"]),
            (PriceDraft(match: "a", input: -1, output: .max), ["input", "output"]),
            (PriceDraft(match: "a", tierAbove: -1, input: 1, output: 1), ["tierAbove"]),
            (
                PriceDraft(match: "a", input: 1, output: 1, cacheRead: -1, cacheWrite5m: -1, cacheWrite1h: -1),
                ["cacheRead", "cacheWrite5m", "cacheWrite1h"]
            ),
            (PriceDraft(match: "a", input: 1, output: 1, source: String(repeating: "s", count: 101)), ["source"]),
        ])
    func refused(draft: PriceDraft, fields: [String]) async throws {
        let world = try await RoomWorld()
        #expect(await faultyFields { try await world.prices.add(draft, by: world.byAda) } == fields)
    }

    @Test("the same model, day and tier can't be priced twice; agents can't price at all; built-in lines can't be removed")
    func rules() async throws {
        let world = try await RoomWorld()
        let draft = PriceDraft(match: "claude-opus-5", input: 1, output: 1)
        _ = try await world.prices.add(draft, by: .member(world.cleo))
        #expect(await gatewayCode { try await world.prices.add(draft, by: world.byAda) } == "gateway.price_taken")
        _ = try await world.prices.add(draft, by: world.byEve)
        #expect(await gatewayCode { try await world.prices.add(draft, by: .member(world.bo)) } == "gateway.forbidden")
        let builtIn = try #require(PriceBook.builtInEntries.first)
        #expect(await gatewayCode { try await world.prices.remove(builtIn.id, by: world.byAda) } == "gateway.price_not_found")
    }
}
