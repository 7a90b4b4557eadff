import Vocabulary

// One table, a line per model, day and tier, as the vendors and those who quote them published them up to 2026-11-21.
// Dollars per million tokens, written in units of a thousandth of a cent (10⁻⁵ USD), the finest step among them.

extension PriceBook {
    static let builtInEntries: [PriceEntry] = Array((anthropic + openAI).joined())

    /// `inference_geo: "us"` costs 1.1 times as much, on Opus and Sonnet from 4.6 on (platform.claude.com, pricing).
    static func chargesRegion(_ model: String) -> Bool {
        regional.contains(model) || PriceMatch.undated(model).map(regional.contains) ?? false
    }

    private static let regional: Set<String> = [
        "claude-opus-5-5", "claude-opus-5", "claude-opus-4-8", "claude-opus-4-7", "claude-opus-4-6", "claude-sonnet-5-5", "claude-sonnet-5",
        "claude-sonnet-4-6",
    ]

    private static let claude = "platform.claude.com"
    /// 2026-10-07 and 2026-11-09, each at midnight UTC.
    private static let october7 = Timestamp(milliseconds: 1_791_331_200_000)
    private static let november9 = Timestamp(milliseconds: 1_794_182_400_000)

    //                                   model                       input   5 min   1 h     read   output
    private static let anthropic: [[PriceEntry]] = [
        line(
            "claude-fable-5-2", 800_000, 1_000_000, 1_600_000, 20_000, 4_000_000, from: november9, "laozhang, rightsize", isThirdParty: true
        ),
        line("claude-fable-5-1", 1_000_000, 1_250_000, 2_000_000, 25_000, 5_000_000, claude),
        line("claude-fable-5", 1_000_000, 1_250_000, 2_000_000, 100_000, 5_000_000, claude),
        line("claude-opus-5-5", 400_000, 500_000, 800_000, 20_000, 2_000_000, claude),
        line("claude-opus-5", 500_000, 625_000, 1_000_000, 50_000, 2_500_000, claude),
        line("claude-opus-4-8", 500_000, 625_000, 1_000_000, 50_000, 2_500_000, claude),
        line("claude-opus-4-7", 500_000, 625_000, 1_000_000, 50_000, 2_500_000, claude),
        line("claude-opus-4-6", 500_000, 625_000, 1_000_000, 50_000, 2_500_000, claude),
        line("claude-opus-4-5", 500_000, 625_000, 1_000_000, 50_000, 2_500_000, claude),
        line("claude-opus-4-1", 1_500_000, 1_875_000, 3_000_000, 150_000, 7_500_000, claude),
        line("claude-opus-4", 1_500_000, 1_875_000, 3_000_000, 150_000, 7_500_000, claude),
        line("claude-opus-4-0", 1_500_000, 1_875_000, 3_000_000, 150_000, 7_500_000, claude),
        line("claude-sonnet-5-5", 200_000, 250_000, 400_000, 20_000, 1_000_000, claude),
        line(
            "claude-sonnet-5-5", 200_000, 250_000, 400_000, 10_000, 1_000_000, from: october7, "PromptFuel, claudit, synaps",
            isThirdParty: true),
        line("claude-sonnet-5", 200_000, 250_000, 400_000, 20_000, 1_000_000, claude),
        line("claude-sonnet-4-6", 300_000, 375_000, 600_000, 30_000, 1_500_000, claude),
        line("claude-sonnet-4-5", 300_000, 375_000, 600_000, 30_000, 1_500_000, claude),
        line("claude-sonnet-4", 300_000, 375_000, 600_000, 30_000, 1_500_000, claude),
        line("claude-sonnet-4-0", 300_000, 375_000, 600_000, 30_000, 1_500_000, claude),
        line("claude-haiku-5-5", 10_000, 12_500, 20_000, 1_000, 50_000, claude),
        line("claude-haiku-5-5", 50_000, 62_500, 100_000, 5_000, 250_000, above: 100_000, claude),
        line("claude-haiku-4-5", 100_000, 125_000, 200_000, 10_000, 500_000, claude),
        line("claude-3-5-haiku", 80_000, 100_000, 160_000, 8_000, 400_000, claude),
        line("claude-3-5-haiku-latest", 80_000, 100_000, 160_000, 8_000, 400_000, claude),
    ]

    /// Where no price of writing to the cache is known, writing is input. Long prompts: twice input and cache, 1.5 times output.
    private static let openAI: [[PriceEntry]] = [
        long("gpt-6.1-sol", 200_000, 250_000, 250_000, 10_000, 1_000_000, "PromptFuel, codex-token-watch"),
        long("gpt-6.1-terra", 100_000, 125_000, 250_000, 5_000, 500_000, "docs.litellm.ai/blog/gpt-6-1-terra, apidog"),
        long("gpt-6-sol", 200_000, 250_000, 250_000, 20_000, 1_000_000, "codexometer 0.18.4"),
        long("gpt-6-luna", 10_000, 12_500, 12_500, 1_000, 50_000, "codexometer 0.18.4"),
        long("gpt-5.6-sol", 500_000, 625_000, 625_000, 50_000, 3_000_000, docs),
        long("gpt-5.6-terra", 200_000, 250_000, 250_000, 20_000, 1_200_000, docs),
        long("gpt-5.6-luna", 20_000, 25_000, 25_000, 2_000, 120_000, above: 200_000, docs),
        long("gpt-5.5", 500_000, 500_000, 500_000, 50_000, 3_000_000, docs),
        long("gpt-5.4", 250_000, 250_000, 250_000, 25_000, 1_500_000, docs),
        long("gpt-5.4-mini", 75_000, 75_000, 75_000, 7_500, 450_000, docs),
        long("gpt-5.4-nano", 20_000, 20_000, 20_000, 2_000, 125_000, docs),
        line("gpt-5", 125_000, 125_000, 125_000, 12_500, 1_000_000, mirror, isThirdParty: true),
        line("gpt-5-mini", 25_000, 25_000, 25_000, 2_500, 200_000, mirror, isThirdParty: true),
        line("gpt-5-nano", 5_000, 5_000, 5_000, 500, 40_000, mirror, isThirdParty: true),
        line("gpt-4.1", 200_000, 200_000, 200_000, 50_000, 800_000, mirror, isThirdParty: true),
        line("gpt-4.1-mini", 40_000, 40_000, 40_000, 10_000, 160_000, mirror, isThirdParty: true),
        line("gpt-4o-mini", 15_000, 15_000, 15_000, 7_500, 60_000, mirror, isThirdParty: true),
    ]

    private static let docs = "github/docs models-and-pricing.yml"
    private static let mirror = "LiteLLM price list"

    private static func line(
        _ model: String, _ input: Int64, _ write5m: Int64, _ write1h: Int64, _ read: Int64, _ output: Int64,
        from day: Timestamp = Timestamp(milliseconds: 0), above tier: Int64 = 0, _ source: String, isThirdParty: Bool = false
    ) -> [PriceEntry] {
        let rates = PriceRates(
            input: input * unit, output: output * unit, cacheRead: read * unit, cacheWrite5m: write5m * unit, cacheWrite1h: write1h * unit)
        return [
            PriceEntry(
                id: "builtin:\(model):\(day.milliseconds):\(tier)", match: PriceMatch(model), effectiveFrom: day, tierAbove: tier,
                rates: rates,
                source: source, isThirdParty: isThirdParty, isOwn: false)
        ]
    }

    /// A model with a tier for long prompts; all of these are quoted by others.
    private static func long(
        _ model: String, _ input: Int64, _ write5m: Int64, _ write1h: Int64, _ read: Int64, _ output: Int64, above tier: Int64 = 272_000,
        _ source: String
    ) -> [PriceEntry] {
        line(model, input, write5m, write1h, read, output, source, isThirdParty: true)
            + line(
                model, 2 * input, 2 * write5m, 2 * write1h, 2 * read, output * 3 / 2, above: tier, source, isThirdParty: true)
    }

    /// Nano-dollars in 10⁻⁵ dollars.
    private static let unit: Int64 = 10_000
}
