@testable import Desk
import Storage
import Testing

@Suite("Words of the search")
struct SearchWordTests {
    private func words(_ text: String) -> [String] {
        SearchRun.all(in: text).flatMap(\.words).map { $0.script.rawValue + $0.text }
    }

    @Test(
        "English is kept by words, small, without accents and in its usual width",
        arguments: [
            ("Refund, please!", ["xrefund", "xplease"]), ("CAFÉ café cafe\u{301}", ["xcafe", "xcafe", "xcafe"]),
            ("ＯＲＤＥＲ　１２", ["xorder", "x12"]), ("Straße Ærø İzmir Łódź", ["xstrasse", "xaero", "xizmir", "xlodz"]),
            ("kim.lee@example.com", ["xkim", "xlee", "xexample", "xcom"]), ("SB-8812/a_b", ["xsb", "x8812", "xa", "xb"]),
            ("hello\u{200B}world", ["xhello", "xworld"]), ("re\u{AD}fund", ["xrefund"]), ("🙂 … — \n", []), ("", []),
        ])
    func latin(_ text: String, _ expected: [String]) {
        #expect(words(text) == expected)
    }

    @Test("Chinese is kept by every two letters next to each other, and the last one alone")
    func pairs() {
        #expect(words("退款申请") == ["y90006b3e", "y6b3e7533", "y75338bf7", "y8bf7"])
        #expect(words("退") == ["y9000"])
        #expect(words("iPhone手机壳 2个") == ["xiphone", "y624b673a", "y673a58f3", "y58f3", "x2", "y4e2a"])
        #expect(words("𠮷野家") == ["yd842dfb791ce", "y91ce5bb6", "y5bb6"])
    }

    @Test("other scripts are kept by words as well, whatever marks they carry")
    func others() {
        #expect(words("Возврат") == words("возврат"))
        #expect(words("возврат").first?.hasPrefix(words("возв").first ?? "-") == true)
        #expect(words("Ελλάδα") == words("ελλαδα") || words("Ελλάδα").count == 1)
        #expect(words("مُحَمَّد") == words("محمد"))
    }

    @Test("every word is one that all engines keep", arguments: [Int64(1), 9_999_999_999])
    func lengths(_ workspace: Int64) {
        let text =
            String(repeating: "w", count: 500) + " a 1 退款 " + String(repeating: "ж", count: 500) + " \u{1F9D1}\u{200D}\u{1F680} ﷺ ﬃ Ⅷ ½ ٣"
        for word in SearchRun.all(in: text).flatMap(\.words) {
            let token = word.token(in: workspace)
            #expect(FullTextQuery([.beginning(token)]).terms.count == 1 && token.count <= 60, "\(token)")
        }
    }

    @Test("where scripts meet a word ends: each part is found by its beginning")
    func mixed() {
        #expect(words("Hawaiʻi").first == "xhawai")
        #expect(words("5µm").first == "x5")
        #expect(words("iPhoneХ").count == 2)
    }

    @Test("a long word is found by more than the index keeps of it")
    func long() throws {
        let long = String(repeating: "ab", count: 60)
        #expect(try SearchTerms(long).marks(in: "see \(long)!") == [4..<124])
    }

    @Test("whatever text is walked through, each letter's place is its own")
    func places() {
        let text = "e\u{301}a 👩‍👩‍👧 退款 Ｚ\u{0}x"
        let units = Array(text.utf16)
        for word in SearchRun.all(in: text).flatMap(\.words) {
            #expect(word.range.upperBound <= units.count && word.firstEnd <= word.range.upperBound && !word.range.isEmpty)
        }
        let latin = SearchRun.all(in: text).flatMap(\.words).filter { $0.script == .latin }
        #expect(latin.map { String(decoding: units[$0.range], as: UTF16.self) } == ["e\u{301}a", "Ｚ", "x"])
    }
}

@Suite("What is looked for")
struct SearchTermTests {
    private func marked(_ query: String, _ text: String) throws -> [String] {
        let units = Array(text.utf16)
        return try SearchTerms(query).marks(in: text).map { String(decoding: units[$0], as: UTF16.self) }
    }

    @Test("words by their beginning, quoted ones as they stand")
    func words() throws {
        #expect(try marked("refun ORDER", "A refunded order, reordered; refund!") == ["refunded", "order", "refund"])
        #expect(try marked("\"the order\"", "order the. Order the orders") == ["the. Order"])
        #expect(try marked("“the order”", "the order") == ["the order"])
        #expect(try marked("a", "a bag of apples") == ["a"])
    }

    @Test("letters of Chinese wherever they stand next to each other")
    func chinese() throws {
        #expect(try marked("退款", "我要退款,退 款?退款退款") == ["退款", "退款退款"])
        #expect(try marked("款", "退款申请款") == ["款", "款"])
        #expect(try marked("款申请", "退款申请") == ["款申请"])
        #expect(try marked("iPhone手机", "手机iPhones") == ["手机iPhones"])
        #expect(try marked("「退款申」", "退款申请") == ["退款申"])
    }

    @Test("a quote that nothing ends is an inch, or still being typed")
    func inches() throws {
        #expect(try marked("19\" moni", "a 19\" monitor stand") == ["19", "monitor"])
        #expect(try marked("\"the ord", "the order") == ["the", "order"])
    }

    @Test("a pasted paragraph is looked for by its beginning")
    func pasted() throws {
        let text = String((0..<200).compactMap { Unicode.Scalar(0x4E00 + $0) }.map(Character.init))
        guard case .phrase(let words)? = try SearchTerms(text).terms.first else { Issue.record("no phrase"); return }
        #expect(words.count == SearchTerms.mostInPhrase)
        #expect(try SearchTerms(text).marks(in: text) == [0..<65])
    }

    @Test(
        "nothing, too much and too many words are refused with a reason",
        arguments: ["", " ", "?!…", "\"\"", String(repeating: "a", count: 201)])
    func refused(_ text: String) {
        #expect { _ = try SearchTerms(text) } throws: { ($0 as? DeskError)?.code == "desk.field_invalid" }
    }

    @Test("at most twelve words")
    func many() throws {
        let twelve = (0..<12).map { "word\($0)" }.joined(separator: " ")
        #expect(try SearchTerms(twelve).terms.count == 12)
        #expect { _ = try SearchTerms(twelve + " more") } throws: { ($0 as? DeskError)?.code == "desk.field_invalid" }
    }

    @Test(
        "what is marked is what the index finds: each text has its own words",
        arguments: ["Refund please", "退款申请", "Возврат", "a", "退", "Ǆ", "ﬃ"])
    func agreement(_ text: String) throws {
        #expect(try !SearchTerms(text).marks(in: text).isEmpty)
    }
}

@Suite("Excerpts")
struct ExcerptTests {
    @Test("a short text is shown whole, in one line")
    func whole() {
        let excerpt = Excerpt(of: "first\r\nsecond\tthird", marks: [7..<13])
        #expect(excerpt.text == "first second third")
        #expect(excerpt.marks == [6..<12])
    }

    @Test("of a long one the part around what was found")
    func part() throws {
        let text = String(repeating: "lorem ipsum ", count: 100) + "退款 here " + String(repeating: "dolor sit ", count: 100)
        let excerpt = Excerpt(of: text, marks: try SearchTerms("退款").marks(in: text))
        let mark = try #require(excerpt.marks.first)
        #expect(String(decoding: Array(excerpt.text.utf16)[mark], as: UTF16.self) == "退款")
        #expect(excerpt.text.hasPrefix("…") && excerpt.text.hasSuffix("…") && excerpt.text.count <= 182)
    }

    @Test("marks keep to whole characters and to what is shown")
    func characters() {
        let excerpt = Excerpt(of: "👩‍👩‍👧e\u{301}x", marks: [8..<9, 50..<60])
        #expect(excerpt.marks == [8..<10])
        #expect(Excerpt(of: "", marks: [0..<3]).marks.isEmpty)
        #expect(Excerpt(of: "a" + String(repeating: "\u{301}", count: 9_999) + " b", marks: []).text.utf16.count < 1_000)
        let long = String(repeating: "x", count: 400)
        #expect(Excerpt(of: long, marks: [0..<1, 390..<400]).marks == [0..<1])
    }
}
