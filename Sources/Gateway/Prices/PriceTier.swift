import ModelProtocol

/// The terms on which a request was served, as its answer says.
package enum PriceTier: String, Sendable, CaseIterable {
    case standard
    /// Half the price.
    case batch
    /// OpenAI's cheap and patient one.
    case flex
    /// Dearer and quicker: Anthropic's fast mode, OpenAI's fast tier.
    case fast
    /// Committed capacity; no list price is known.
    case priority
    /// A word that is not known here.
    case other

    /// From the words of the answer's usage. Two terms at once have no known price.
    /// - Parameter isBatch: it is a batch's result, whatever it says itself.
    init(_ usage: TokenUsage, isBatch: Bool = false) {
        let served = Self.named(usage.serviceTier)
        let isFast = usage.speed == "fast"
        let isStrange = usage.speed.map { !["fast", "standard", "normal"].contains($0) } ?? false
        switch (isBatch ? .batch : served, isFast) {
        case _ where isStrange: self = .other
        case (let tier, false): self = tier
        case (.standard, true): self = .fast
        case (_, true): self = .other
        }
    }

    private static func named(_ word: String?) -> PriceTier {
        switch word {
        case nil, "", "standard", "standard_only", "default", "auto": .standard
        case "batch": .batch
        case "flex": .flex
        case "fast": .fast
        case "priority": .priority
        default: .other
        }
    }
}

extension PriceBook {
    /// What multiplies a model's prices in a tier; nil where nobody has published it: better no price than a wrong one.
    static func factor(_ tier: PriceTier, model: String, isRegional: Bool) -> PriceFactor? {
        switch tier {
        case .standard: PriceFactor(isRegional: isRegional)
        case .batch: PriceFactor(denominator: 2, isRegional: isRegional)
        case .flex: isOpenAI(model) ? PriceFactor(denominator: 2, isRegional: isRegional) : nil
        case .fast: isOpenAI(model) || doublesWhenFast(model) ? PriceFactor(numerator: 2, isRegional: isRegional) : nil
        case .priority, .other: nil
        }
    }

    /// OpenAI: batch and flex cost half, fast costs twice as much.
    private static func isOpenAI(_ model: String) -> Bool { model.hasPrefix("gpt-") }

    /// Fast mode has a price per model (platform.claude.com, pricing): Opus 4.8 costs 10 and 50 instead of 5 and 25.
    private static func doublesWhenFast(_ model: String) -> Bool {
        let fast = "claude-opus-4-8"
        return model == fast || PriceMatch.undated(model) == fast
    }
}

extension RequestFlags {
    init(_ tier: PriceTier) {
        switch tier {
        case .standard: self = []
        case .batch: self = .batch
        case .flex: self = .flex
        case .fast: self = .fast
        case .priority: self = .priority
        case .other: self = .otherTier
        }
    }

    /// On which terms it was served.
    package var tier: PriceTier {
        if contains(.otherTier) { return .other }
        if contains(.priority) { return .priority }
        if contains(.fast) { return .fast }
        if contains(.flex) { return .flex }
        return contains(.batch) ? .batch : .standard
    }
}

extension RequestClosing {
    /// What the price was looked up by, with the tier where that has a price of its own or none: reports of what is unpriced then name it.
    func servedModel(of opening: RequestOpening) -> String {
        let model = mappedModel ?? opening.model
        switch flags.tier {
        case .standard, .batch, .flex: return model
        case .fast, .priority, .other: return "\(String(decoding: model.utf8.prefix(112), as: UTF8.self)) (\(flags.tier.rawValue))"
        }
    }
}
