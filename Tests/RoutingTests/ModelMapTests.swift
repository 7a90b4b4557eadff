import Routing
import Testing
import TestSupport

@Suite("Which models a node serves")
struct ModelMapTests {
    @Test(
        "patterns",
        arguments: [
            ("claude-opus-5", "claude-opus-5", true), ("claude-opus-5", "claude-opus-50", false), ("claude-opus-5", "claude-opus-", false),
            ("claude-*", "claude-", true), ("claude-*", "claude-opus-5", true), ("claude-*", "gpt-claude-", false), ("*", "", true),
            ("*", "anything", true), ("**", "anything", true), ("*-5", "claude-opus-5", true), ("*-5", "-5", true), ("*-5", "5", false),
            ("a*a", "a", false), ("a*a", "aa", true), ("*aab*", "aaab", true), ("*ab*ab", "ab", false), ("*ab*ab", "abab", true),
            ("a*b*c", "aXbYc", true), ("a*b*c", "aXcYb", false), ("Claude-*", "claude-opus-5", false), ("模型*", "模型-1", true),
            ("claude-?pus", "claude-opus", false), ("[a-z]*", "abc", false),
        ])
    func patterns(_ pattern: String, model: String, matches: Bool) throws {
        #expect(try #require(ModelPattern(pattern)).matches(model) == matches)
    }

    @Test("the linear match says what the obvious one says, for 40,000 patterns and names")
    func agrees() throws {
        var random = SeededRandom(seed: 3)
        var hits = 0
        for _ in 0..<40_000 {
            let pattern = Self.text(of: "ab*", 1...7, &random)
            let name = Self.text(of: "ab", 0...9, &random)
            let expected = Self.matches(Array(pattern.utf8)[...], Array(name.utf8)[...])
            hits += expected ? 1 : 0
            #expect(try #require(ModelPattern(pattern)).matches(name) == expected, "\(pattern) \(name)")
        }
        #expect((4_000...36_000).contains(hits))
    }

    private static func text(of letters: String, _ length: ClosedRange<Int>, _ random: inout SeededRandom) -> String {
        String((0..<Int.random(in: length, using: &random)).compactMap { _ in letters.randomElement(using: &random) })
    }

    /// By definition, in exponential time.
    private static func matches(_ pattern: ArraySlice<UInt8>, _ name: ArraySlice<UInt8>) -> Bool {
        guard let first = pattern.first else { return name.isEmpty }
        if first == UInt8(ascii: "*") {
            return matches(pattern.dropFirst(), name) || !name.isEmpty && matches(pattern, name.dropFirst())
        }
        return name.first == first && matches(pattern.dropFirst(), name.dropFirst())
    }

    @Test("what is empty or longer than 256 bytes is no pattern, and no name that long is served")
    func sizes() throws {
        #expect(ModelPattern("") == nil)
        #expect(ModelPattern(String(repeating: "a", count: 257)) == nil)
        let widest = try #require(ModelPattern("*"))
        #expect(widest.matches(String(repeating: "a", count: 256)))
        #expect(!widest.matches(String(repeating: "a", count: 257)))
    }

    @Test("an empty map serves everything as it is; an alias renames; aliases alone serve nothing else")
    func maps() throws {
        #expect(ModelMap().serves("whatever") == "whatever")
        let alias = ModelMap.Alias(from: try #require(ModelPattern("gpt-*")), to: "claude-opus-5")
        #expect(ModelMap(aliases: [alias]).serves("gpt-6") == "claude-opus-5")
        #expect(ModelMap(aliases: [alias]).serves("claude-opus-5") == nil)
        let both = ModelMap(patterns: [try #require(ModelPattern("*"))], aliases: [alias])
        #expect(both.serves("gpt-6") == "claude-opus-5")
        #expect(both.serves("other") == "other")
        #expect(ModelMap.only("claude-*").serves("gpt-6") == nil)
    }
}
