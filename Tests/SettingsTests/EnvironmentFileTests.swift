import Settings
import Testing
import TestSupport
import Vocabulary

@Suite("The .env file")
struct EnvironmentFileTests {
    @Test(
        "values are read as people write them",
        arguments: [
            ("SITE_NAME=Lantern", "Lantern"), ("  SITE_NAME \t= \tLantern  ", "Lantern"), ("export SITE_NAME=Lantern", "Lantern"),
            ("export\tSITE_NAME=Lantern", "Lantern"), ("SITE_NAME=a b # c", "a b"), ("SITE_NAME=a#b", "a#b"), ("SITE_NAME=#b", ""),
            ("SITE_NAME=", ""),
            ("SITE_NAME='a # b'", "a # b"), ("SITE_NAME='a\\t$b'", "a\\t$b"), ("SITE_NAME=\"a\\\\b\\$c\" # d", "a\\b$c"),
            ("SITE_NAME=\"a\\x\"", "a\\x"),
            ("SITE_NAME=\"it's\"", "it's"), ("SITE_NAME='say \"'", "say \""), ("SITE_NAME=$HOME", "$HOME"), ("SITE_NAME=a=b", "a=b"),
            ("SITE_NAME=客服", "客服"), ("SITE_NAME=\"👩‍👩‍👧‍👦\"", "👩‍👩‍👧‍👦"), ("SITE_NAME=don't", "don't"), ("\u{FEFF}SITE_NAME=a", "a"),
            ("SITE_NAME=a\r", "a"),
            ("# c\r\n\r\nSITE_NAME=a\r\n", "a"), ("x\rSITE_NAME=a", nil), ("#x\rSITE_NAME=a", "a"),
        ])
    func values(text: String, value: String?) throws {
        let directory = try TemporaryDirectory()
        try directory.write(text, to: ".env")
        if let value {
            #expect(try load(directory)[Keys.name] == value)
        } else {
            #expect(throws: SettingsError.self) { try load(directory) }
        }
    }

    @Test("a quoted value may span lines, and the lines after it keep their numbers")
    func spanning() throws {
        let directory = try TemporaryDirectory()
        try directory.write("SETUP_KEY=\"first line\r\nsecond line\n\"\nHTTP_PORT=x\n", to: ".env")
        let error = try #require(#expect(throws: SettingsError.self) { try load(directory) })
        #expect(error.description == "HTTP_PORT in .env line 4 is \"x\" but must be a port from 0 to 65535")
        try directory.write("SETUP_KEY='first line\nsecond line'\nHTTP_PORT=9", to: ".env")
        #expect(try load(directory)[Keys.key]?.reveal() == "first line\nsecond line")
        #expect(try load(directory)[Keys.port] == 9)
    }

    @Test(
        "a line that can't be understood is named, the others still count",
        arguments: [
            ("HTTP_PORT", "a line is KEY=value or begins with #"), ("=5", "a line is KEY=value or begins with #"),
            ("HTTP PORT=5", "a line is KEY=value or begins with #"), ("1HTTP=5", "a line is KEY=value or begins with #"),
            ("export", "a line is KEY=value or begins with #"), ("客服=1", "a line is KEY=value or begins with #"),
            ("DATA_DIR=\"x", "the quote is not closed"), ("DATA_DIR=\"x\\\"", "the quote is not closed"),
            ("DATA_DIR='a'b", "there is text after the closing quote"),
            ("\u{0}", "a line is KEY=value or begins with #"),
        ])
    func badLines(line: String, reason: String) throws {
        let directory = try TemporaryDirectory()
        try directory.write("HTTP_PORT=x\n\(line)\nWORKER_COUNT=y\n", to: ".env")
        let error = try #require(#expect(throws: SettingsError.self) { try load(directory) })
        // A quote that is open over the rest of the file must not hide it.
        #expect(
            Set(error.problems.map(\.description)) == [
                "HTTP_PORT in .env line 1 is \"x\" but must be a port from 0 to 65535", ".env line 2 can't be understood: \(reason)",
                "WORKER_COUNT in .env line 3 is \"y\" but must be a whole number from 1 to 64",
            ])
    }

    @Test("any text at all is read to its end without a crash")
    func total() throws {
        let directory = try TemporaryDirectory()
        let pieces = ["SITE_NAME", "=", "'", "\"", "\\", "\n", "\r", " ", "#", "export ", "\u{0}", "客", "👍🏽", "\u{FEFF}", "$", "A=1"]
        var random = SeededRandom(seed: 3)
        for _ in 0..<500 {
            let text = (0..<Int.random(in: 0...40, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
            try directory.write(text, to: ".env")
            do { _ = try load(directory) } catch { #expect(!error.problems.isEmpty) }
        }
    }

    private func load(_ directory: TemporaryDirectory) throws(SettingsError) -> Settings {
        try Settings.load(catalogue: Keys.catalogue, flags: [], environment: [:], directory: directory.path)
    }
}
