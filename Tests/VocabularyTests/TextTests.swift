import Foundation
import Testing
import TestSupport
import Vocabulary

@Suite("Text, time and cursors")
struct TextTests {
    @Test("a text within the limit stays as it is", arguments: ["", "a", Samples.emoji, Samples.chinese])
    func notClipped(_ text: String) {
        #expect(text.clipped(to: text.count) == text)
        #expect(text.clipped(to: .max) == text)
    }

    @Test(
        "a longer one is cut between characters at every limit", arguments: [Samples.emoji, "客服系统断线", "e\u{301}e\u{301}", Samples.hostile])
    func clipped(_ text: String) {
        for limit in 0..<text.count {
            let clipped = text.clipped(to: limit)
            #expect(clipped == text.prefix(limit) + "…")
            #expect(text.hasPrefix(clipped.dropLast()))
        }
    }

    @Test(
        "a limit of bytes cuts between characters too, and inside one only where it alone is too long",
        arguments: [(Samples.emoji, 30), ("客服系统断线", 7), ("a👨‍👩‍👧b", 10), ("客服", 6), ("", 0)])
    func clippedToBytes(_ text: String, _ bytes: Int) {
        let clipped = text.clipped(to: .max, bytes: bytes)
        guard clipped != text else { return }
        let kept = clipped.dropLast()
        #expect(clipped.hasSuffix("…") && text.hasPrefix(kept) && kept.utf8.count <= bytes)
        #expect(kept.isEmpty || text.dropFirst(kept.count).first.map { kept.utf8.count + $0.utf8.count > bytes } == true)
    }

    @Test("one character of thousands of marks is cut all the same")
    func clippedMarks() {
        let clipped = ("a" + String(repeating: "\u{301}", count: 9_000)).clipped(to: 120, bytes: 480)
        #expect(clipped.utf8.count <= 480 + "…".utf8.count)
    }

    @Test("a limit below zero is none at all, not a crash")
    func negativeLimit() {
        #expect("Kim".clipped(to: -1) == "…")
        #expect("".clipped(to: .min).count <= 1)
    }

    @Test(
        "white space and control characters go at both ends only",
        arguments: [
            (" \t\r\n Kim Li \u{3000}\u{0}", "Kim Li"), ("", ""), (" \n\u{7F} ", ""), ("客服", "客服"), ("\u{85}👨‍👩‍👧\u{85}", "👨‍👩‍👧"),
            ("a\u{0}b", "a\u{0}b"),
        ])
    func trimmed(text: String, expected: String) {
        #expect(text.trimmed == expected)
    }

    @Test("JSON text is read back by another parser, whatever is in it")
    func jsonQuoted() throws {
        let texts = [Samples.hostile, Samples.emoji, Samples.chinese, ""] + (0..<100).map { Samples.text(seed: $0, length: 200) }
        for text in texts {
            let quoted = text.jsonQuoted
            #expect(try JSONDecoder().decode([String].self, from: Data("[\(quoted)]".utf8)) == [text])
            #expect(quoted.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != 0x3C })
        }
    }

    @Test("a cursor comes back from its text")
    func cursor() throws {
        for keys in [["2026", "01ARZ3NDEKTSV4RRFFQ69G5FAV"], [""], ["", ""], [Samples.emoji], ["a", "", "客服"]] {
            #expect(try #require(Cursor(text: Cursor(keys).text)).keys == keys)
        }
    }

    @Test("a cursor that this server did not write is none", arguments: ["%", "A", "客服", "_w", "gICA", String(repeating: "A", count: 513)])
    func foreignCursor(_ text: String) {
        #expect(Cursor(text: text) == nil)
    }

    @Test(
        "a moment is written as RFC 3339 in UTC",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"), (951_782_399_999, "2000-02-28T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"), (951_868_800_000, "2000-03-01T00:00:00.000Z"),
            (4_107_542_399_000, "2100-02-28T23:59:59.000Z"), (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (1_795_248_000_007, "2026-11-21T08:00:00.007Z"), (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
        ])
    func rfc3339(milliseconds: Int64, text: String) {
        #expect(Timestamp(milliseconds: milliseconds).rfc3339 == text)
    }

    @Test("the farthest moments can be written and added to without a trap")
    func extremes() {
        for milliseconds in [Int64.min, .max] {
            #expect(!Timestamp(milliseconds: milliseconds).rfc3339.isEmpty)
            _ = Timestamp(milliseconds: milliseconds) + .seconds(Int64.max)
            _ = Timestamp(milliseconds: milliseconds) - .seconds(Int64.max)
        }
    }

    @Test("durations count in whole milliseconds")
    func durations() {
        #expect(Duration.microseconds(1_999).wholeMilliseconds == 1)
        #expect(Timestamp(milliseconds: 10) + .seconds(1) == Timestamp(milliseconds: 1_010))
        #expect(Timestamp(milliseconds: 10) - .milliseconds(11) == Timestamp(milliseconds: -1))
    }

    @Test("an owner stands above an admin, an admin above an agent")
    func roles() {
        #expect(Role.agent < .admin && Role.admin < .owner)
        #expect(Role.allCases.sorted() == [.agent, .admin, .owner])
    }
}
