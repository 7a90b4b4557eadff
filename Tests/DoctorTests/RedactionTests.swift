import Testing

@testable import Doctor

struct RedactionTests {
    private let redaction = Redaction()

    @Test("of a record its message stays, numbers and our own words; what people wrote goes")
    func record() {
        #expect(
            redaction.record("relayed request status=200 ms=12 path=/v1/messages client=203.0.113.9 method=POST name=Ada")
                == "relayed request status=200 ms=12 path=… client=203.0.113.9 method=POST name=…")
    }

    @Test("a value with spaces goes with all its words")
    func spaces() {
        let safe = redaction.record("refused error=\"no such user ada@example.net\" code=people.unknown")
        #expect(!safe.contains("ada@example.net"))
        #expect(safe.contains("code=people.unknown"))
    }

    @Test("the same name has the same alias in one bundle, and another in the next")
    func aliases() {
        #expect(redaction.alias("node", "north") == redaction.alias("node", "north"))
        #expect(redaction.alias("node", "north") != redaction.alias("node", "south"))
        #expect(redaction.alias("node", "north") != Redaction().alias("node", "north"))
    }

    @Test("figures keep their numbers and lose names, also those with quotes in them")
    func figures() {
        let page = redaction.figures("# HELP x X.\nx{workspace=\"Lantern \\\"& Co\",node=\"north\",state=\"healthy\"} 1\ny 2\n")
        #expect(!page.contains("Lantern") && !page.contains("north") && !page.contains("Co\""))
        #expect(page.contains("state=\"healthy\"} 1\ny 2"))
    }
}
