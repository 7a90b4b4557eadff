@testable import Gateway
import ModelProtocol
import Testing
import Vocabulary

struct PriceBookTests {
    private let book = PriceBook.builtIn
    /// 2026-11-21.
    private let today = Timestamp(milliseconds: 1_795_248_000_000)

    /// What no bill comes to.
    private static let unpriced: Int64 = -1

    private func dollars(
        _ tokens: PricedTokens, _ model: String, at time: Timestamp? = nil, tier: PriceTier = .standard, geo: String? = nil
    ) -> Int64 {
        book.price(tokens, model: model, at: time ?? today, tier: tier, geo: geo)?.total ?? Self.unpriced
    }

    @Test(
        "a million tokens of each kind cost what the vendor's table says",
        arguments: [
            // model, input, 5 min, 1 h, read, output: nano-dollars
            ("claude-fable-5-2", 8_000_000_000, 10_000_000_000, 16_000_000_000, 200_000_000, 40_000_000_000),
            ("claude-fable-5-1", 10_000_000_000, 12_500_000_000, 20_000_000_000, 250_000_000, 50_000_000_000),
            ("claude-fable-5", 10_000_000_000, 12_500_000_000, 20_000_000_000, 1_000_000_000, 50_000_000_000),
            ("claude-opus-5-5", 4_000_000_000, 5_000_000_000, 8_000_000_000, 200_000_000, 20_000_000_000),
            ("claude-opus-5", 5_000_000_000, 6_250_000_000, 10_000_000_000, 500_000_000, 25_000_000_000),
            ("claude-opus-4-5-20251101", 5_000_000_000, 6_250_000_000, 10_000_000_000, 500_000_000, 25_000_000_000),
            ("claude-opus-4-1-20250805", 15_000_000_000, 18_750_000_000, 30_000_000_000, 1_500_000_000, 75_000_000_000),
            ("claude-opus-4-20250514", 15_000_000_000, 18_750_000_000, 30_000_000_000, 1_500_000_000, 75_000_000_000),
            ("claude-sonnet-5-5", 2_000_000_000, 2_500_000_000, 4_000_000_000, 100_000_000, 10_000_000_000),
            ("claude-sonnet-5", 2_000_000_000, 2_500_000_000, 4_000_000_000, 200_000_000, 10_000_000_000),
            ("claude-sonnet-4-5-20250929", 3_000_000_000, 3_750_000_000, 6_000_000_000, 300_000_000, 15_000_000_000),
            ("claude-haiku-4-5-20251001", 1_000_000_000, 1_250_000_000, 2_000_000_000, 100_000_000, 5_000_000_000),
            ("claude-3-5-haiku-20241022", 800_000_000, 1_000_000_000, 1_600_000_000, 80_000_000, 4_000_000_000),
        ] as [(String, Int64, Int64, Int64, Int64, Int64)])
    func anthropic(model: String, input: Int64, write5m: Int64, write1h: Int64, read: Int64, output: Int64) {
        let million: Int64 = 1_000_000
        #expect(dollars(PricedTokens(input: million), model) == input)
        #expect(dollars(PricedTokens(cacheWrite5m: million), model) == write5m)
        #expect(dollars(PricedTokens(cacheWrite1h: million), model) == write1h)
        #expect(dollars(PricedTokens(cacheRead: million), model) == read)
        #expect(dollars(PricedTokens(output: million), model) == output)
    }

    @Test(
        "OpenAI's models cost what is quoted, below their long tier",
        arguments: [
            ("gpt-6.1-sol", 200_000, 10_000, 250_000, 1_000_000), ("gpt-6.1-terra", 100_000, 5_000, 125_000, 500_000),
            ("gpt-6-sol", 200_000, 20_000, 250_000, 1_000_000), ("gpt-6-luna", 10_000, 1_000, 12_500, 50_000),
            ("gpt-5.6-sol", 500_000, 50_000, 625_000, 3_000_000), ("gpt-5.6-terra", 200_000, 20_000, 250_000, 1_200_000),
            ("gpt-5.6-luna", 20_000, 2_000, 25_000, 120_000), ("gpt-5.5", 500_000, 50_000, 500_000, 3_000_000),
            ("gpt-5.4", 250_000, 25_000, 250_000, 1_500_000), ("gpt-5.4-mini", 75_000, 7_500, 75_000, 450_000),
            ("gpt-5.4-nano", 20_000, 2_000, 20_000, 125_000), ("gpt-5-2025-08-07", 125_000, 12_500, 125_000, 1_000_000),
            ("gpt-5-mini", 25_000, 2_500, 25_000, 200_000), ("gpt-5-nano", 5_000, 500, 5_000, 40_000),
            ("gpt-4.1", 200_000, 50_000, 200_000, 800_000), ("gpt-4.1-mini", 40_000, 10_000, 40_000, 160_000),
            ("gpt-4o-mini", 15_000, 7_500, 15_000, 60_000),
        ] as [(String, Int64, Int64, Int64, Int64)])
    func openAI(model: String, input: Int64, read: Int64, write: Int64, output: Int64) {
        // 100,000 tokens: a tenth of the price of a million, written in 10⁻⁵ dollars above.
        let count: Int64 = 100_000
        #expect(dollars(PricedTokens(input: count), model) == input * 1_000)
        #expect(dollars(PricedTokens(cacheRead: count), model) == read * 1_000)
        #expect(dollars(PricedTokens(cacheWrite5m: count), model) == write * 1_000)
        #expect(dollars(PricedTokens(output: count), model) == output * 1_000)
    }

    @Test("a whole request of Claude Code is the sum of its lines")
    func wholeRequest() throws {
        // Sonnet 4.5: 12 × $3 + 2,048 × $3.75 + 500 × $6 + 100,000 × $0.30 + 700 × $15 per million, and two searches at $0.01.
        let tokens = PricedTokens(input: 12, cacheRead: 100_000, cacheWrite5m: 2_048, cacheWrite1h: 500, output: 700, webSearches: 2)
        let bill = try #require(book.price(tokens, model: "claude-sonnet-4-5", at: today))
        #expect(bill.total == 36_000 + 7_680_000 + 3_000_000 + 30_000_000 + 10_500_000 + 20_000_000)
        #expect(bill.lines.map(\.kind) == [.input, .cacheRead, .cacheWrite5m, .cacheWrite1h, .output, .webSearch])
        #expect(bill.lines.map(\.cost).reduce(0, +) == bill.total)
        #expect(bill.lines.first?.perMillion == 3_000_000_000)
    }

    @Test("above its tier all tokens of the request cost the tier's price, cached ones count towards it")
    func haikuTier() {
        // $0.10 a million up to 100,000 tokens of prompt, $0.50 above; reading $0.01 and $0.05; output $0.50 and $2.50.
        #expect(dollars(PricedTokens(input: 100_000), "claude-haiku-5-5") == 10_000_000)
        #expect(dollars(PricedTokens(input: 100_001), "claude-haiku-5-5") == 50_000_500)
        #expect(dollars(PricedTokens(input: 1, cacheRead: 100_000, output: 1_000), "claude-haiku-5-5") == 500 + 5_000_000 + 2_500_000)
        #expect(dollars(PricedTokens(input: 1, cacheRead: 99_999, output: 1_000), "claude-haiku-5-5") == 100 + 999_990 + 500_000)
    }

    @Test("long prompts of OpenAI cost twice for input and cache and 1.5 times for output")
    func longPrompts() {
        #expect(dollars(PricedTokens(input: 272_000, output: 100), "gpt-5.5") == 1_360_000_000 + 3_000_000)
        #expect(dollars(PricedTokens(input: 272_001, output: 100), "gpt-5.5") == 2_720_010_000 + 4_500_000)
        #expect(dollars(PricedTokens(cacheRead: 300_000), "gpt-5.5") == 300_000_000)
        #expect(dollars(PricedTokens(input: 200_000), "gpt-5.6-luna") == 40_000_000)
        #expect(dollars(PricedTokens(input: 200_001), "gpt-5.6-luna") == 80_000_400)
        #expect(dollars(PricedTokens(input: 200_001), "gpt-5.6-terra") == 400_002_000)
        // No long tier before 5.4.
        #expect(dollars(PricedTokens(input: 300_000), "gpt-5") == 375_000_000)
    }

    @Test("a price counts from its day on: Sonnet 5.5 reads at half the price since 2026-10-07, Fable 5.2 has none before 2026-11-09")
    func effectiveDates() {
        let tokens = PricedTokens(cacheRead: 1_000_000)
        let midnight = Timestamp(milliseconds: 1_791_331_200_000)
        #expect(dollars(tokens, "claude-sonnet-5-5", at: midnight - .milliseconds(1)) == 200_000_000)
        #expect(dollars(tokens, "claude-sonnet-5-5", at: midnight) == 100_000_000)
        #expect(dollars(tokens, "claude-fable-5-2", at: Timestamp(milliseconds: 1_794_182_399_999)) == Self.unpriced)
        #expect(dollars(tokens, "claude-fable-5-2", at: Timestamp(milliseconds: 1_794_182_400_000)) == 200_000_000)
    }

    @Test("batches cost half, work inside the US 1.1 times where that is charged, and searches always the same")
    func modifiers() {
        let tokens = PricedTokens(input: 1_000_000, webSearches: 1)
        #expect(dollars(tokens, "claude-opus-4-6") == 5_010_000_000)
        #expect(dollars(tokens, "claude-opus-4-6", tier: .batch) == 2_510_000_000)
        #expect(dollars(tokens, "claude-opus-4-6", geo: "us") == 5_510_000_000)
        #expect(dollars(tokens, "claude-opus-4-6", tier: .batch, geo: "us") == 2_760_000_000)
        #expect(dollars(tokens, "claude-opus-4-6", geo: "global") == 5_010_000_000)
        #expect(dollars(tokens, "claude-opus-4-5", geo: "us") == 5_010_000_000)
        #expect(dollars(tokens, "claude-haiku-4-5-20251001", geo: "us") == 1_010_000_000)
        #expect(dollars(tokens, "claude-sonnet-4-6-20260217", geo: "us") == 3_310_000_000)
    }

    @Test("a cost is rounded once, to the nearest nano-dollar, halves up")
    func rounding() {
        // Writing 1 token of Haiku 5.5 costs 125 nano-dollars, in a batch 62.5; 3 tokens 187.5.
        #expect(dollars(PricedTokens(cacheWrite5m: 1), "claude-haiku-5-5", tier: .batch) == 63)
        #expect(dollars(PricedTokens(cacheWrite5m: 3), "claude-haiku-5-5", tier: .batch) == 188)
        #expect(dollars(PricedTokens(cacheWrite5m: 2), "claude-haiku-5-5", tier: .batch) == 125)
    }

    @Test("tiers cost what is published for them, and what is not published is unpriced rather than wrong")
    func tiers() {
        let tokens = PricedTokens(input: 1_000_000, output: 1_000_000)
        #expect(dollars(tokens, "claude-opus-4-8", tier: .fast) == 60_000_000_000)
        #expect(dollars(tokens, "gpt-4.1", tier: .fast) == 20_000_000_000 && dollars(tokens, "gpt-4.1", tier: .flex) == 5_000_000_000)
        for (model, tier) in [
            ("claude-opus-5", PriceTier.fast), ("claude-opus-4-8", .flex), ("claude-opus-4-8", .priority), ("gpt-4.1", .priority),
            ("gpt-4.1", .other),
        ] {
            #expect(dollars(tokens, model, tier: tier) == Self.unpriced, "\(model) \(tier)")
        }
    }

    @Test(
        "the tier is read from the answer's own words; two at once have no known price",
        arguments: [
            (nil, nil, false, .standard), ("default", "standard", false, .standard), ("priority", nil, false, .priority),
            ("flex", nil, false, .flex), ("batch", nil, false, .batch), ("standard", "fast", false, .fast),
            ("priority", "fast", false, .other),
            ("scale", nil, false, .other), (nil, "ludicrous", false, .other), ("standard", nil, true, .batch), (nil, "fast", true, .other),
        ] as [(String?, String?, Bool, PriceTier)])
    func words(_ tier: String?, _ speed: String?, _ isBatch: Bool, _ expected: PriceTier) {
        var usage = TokenUsage()
        (usage.serviceTier, usage.speed) = (tier, speed)
        #expect(PriceTier(usage, isBatch: isBatch) == expected)
        #expect(RequestFlags(expected).tier == expected)
    }

    @Test(
        "a model that is not in the book is unpriced, never free and never priced like its neighbour",
        arguments: [
            "claude-opus-6", "claude-opus-5-9", "claude-opus-5-2026", "claude-opus-5-20260301x", "gpt-5.9", "gpt-5-pro", "gpt-5-2025-8-07",
            "",
            "claude-opus-5 ", "CLAUDE-OPUS-5", String(repeating: "a", count: 100_000),
        ])
    func unknown(model: String) {
        #expect(dollars(PricedTokens(input: 1), model) == Self.unpriced)
        #expect(book.estimate(model: model, inputTokens: 1, maxOutput: 1, at: today) == nil)
    }

    @Test("a date behind a model's name changes nothing", arguments: ["claude-opus-5-20260301", "claude-opus-5-2026-03-01"])
    func dated(model: String) {
        #expect(dollars(PricedTokens(input: 1), model) == 5_000)
    }

    @Test("no request that used nothing costs anything, and the largest possible one fits 64 bits")
    func extremes() {
        #expect(dollars(PricedTokens(), "claude-opus-5") == 0)
        let most = PriceRates.most
        let rates = PriceRates(input: most, output: most, cacheRead: most, cacheWrite5m: most, cacheWrite1h: .max)
        let tokens = PricedTokens(input: .max, cacheRead: .max, cacheWrite5m: .max, cacheWrite1h: .max, output: .max)
        let bill = PricedUsage(tokens, rates: rates, factor: PriceFactor(isRegional: true))
        #expect(bill.lines.map(\.cost) == Array(repeating: 1_100_000_000_000_000_000, count: 5))
        #expect(bill.total == 5_500_000_000_000_000_000)
        let searches = PricedUsage(PricedTokens(webSearches: .max), rates: rates, factor: .one)
        #expect(searches.total == 10_000_000_000_000_000)
    }

    @Test("an estimate covers a prompt that is written to the cache and all the output that is allowed")
    func estimate() {
        // 1,000 × $6.25 + 4,096 × $25 per million.
        #expect(book.estimate(model: "claude-opus-5", inputTokens: 1_000, maxOutput: 4_096, at: today) ?? -1 == 6_250_000 + 102_400_000)
        #expect(book.estimate(model: "gpt-4.1", inputTokens: 1_000, maxOutput: 100, at: today) ?? -1 == 2_000_000 + 800_000)
        #expect(book.estimate(model: "claude-opus-5", inputTokens: .max, maxOutput: .max, at: today) ?? 0 > 0)
        #expect(book.estimate(model: "claude-opus-5", inputTokens: -5, maxOutput: -5, at: today) ?? -1 == 0)
    }

    @Test("every line of the book names its source, and no two are for the same model, day and tier")
    func bookIsSound() {
        let entries = PriceBook.builtInEntries
        #expect(entries.allSatisfy { !$0.source.isEmpty && !$0.isOwn && $0.rates.input > 0 && $0.rates.output > $0.rates.input })
        #expect(Set(entries.map(\.id)).count == entries.count)
        #expect(entries.allSatisfy { $0.isThirdParty == ($0.source != "platform.claude.com") })
        #expect(entries.filter { $0.tierAbove > 0 }.allSatisfy { long in entries.contains { $0.match == long.match && $0.tierAbove == 0 } })
    }

    @Test("the total alone is the total of the bill, the first time and when the model is known")
    func cost() {
        let tokens = PricedTokens(input: 123_457, cacheRead: 7_919, cacheWrite5m: 31, cacheWrite1h: 17, output: 4_099, webSearches: 3)
        for model in ["claude-opus-5", "claude-sonnet-4-5-20250929", "gpt-5", "gpt-4.1", "nobody-knows"] {
            for (tier, geo) in [(PriceTier.standard, nil), (.batch, "us"), (.standard, "us")] as [(PriceTier, String?)] {
                let bill = book.price(tokens, model: model, at: today, tier: tier, geo: geo)?.total
                #expect(book.cost(of: tokens, model: model, at: today, tier: tier, geo: geo) == bill)
            }
        }
    }

    @Test("remembers the names that clients use, but not all that anybody could think of")
    func names() {
        for number in 0..<1_000 { #expect(book.cost(of: PricedTokens(input: 1), model: "no-model-\(number)", at: today) == nil) }
        #expect(book.cost(of: PricedTokens(input: 1_000_000), model: "claude-opus-5", at: today) == 5_000_000_000)
    }
}
