/// What a response consumed. Counts are tokens, never negative.
package struct TokenUsage: Hashable, Sendable {
    /// Input that no cache took part in: the total input is this and the three cache counts together.
    package var input = 0
    /// Thinking included.
    package var output = 0
    package var cacheRead = 0
    /// Written to the short cache: Anthropic's 5 minutes, OpenAI's 30 minutes. Also what was written without saying where.
    package var cacheWrite5m = 0
    /// Written to the long cache: Anthropic's 1 hour, OpenAI's 12 hours.
    package var cacheWrite1h = 0
    /// Searches by the provider, which are priced by the piece.
    package var webSearches = 0
    /// As the provider says: `standard`, `priority`, `batch`, `flex` …
    package var serviceTier: String?
    /// `inference_geo`
    package var geo: String?
    /// Anthropic's `speed`: `fast` has its own price.
    package var speed: String?
    /// The provider told how much was written to caches, but not to which: all counts as the short one.
    package var splitMissing = false
    /// The provider's numbers contradict each other; the larger reading was taken, and never a negative one.
    package var inconsistent = false

    package init() {}

    /// All kinds of input together.
    package var totalInput: Int { input + cacheRead + cacheWrite5m + cacheWrite1h }
}
