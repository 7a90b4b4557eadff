import Foundation
import Logging
import Telemetry
import Testing
import TestSupport
import Vocabulary

@Suite("Log lines")
struct LogLineTests {
    private let log = CapturedLog()

    @Test("for people: time, level, message, then the metadata by key")
    func text() {
        log.logger().info("storage opened", metadata: ["sqlite": "3.40.1", "path": "data/x.sqlite"])
        log.logger().warning("slow")
        #expect(
            log.lines == [
                "2026-11-21T08:00:00.000Z INFO     storage opened  path=data/x.sqlite sqlite=3.40.1",
                "2026-11-21T08:00:00.000Z WARNING  slow",
            ])
    }

    @Test(
        "a value that is not plain is quoted, one that would steer the line or the terminal is escaped",
        arguments: [
            ("", "\"\""), ("a b", "\"a b\""), ("a=b", "\"a=b\""), ("say \"hi\"", "\"say \\\"hi\\\"\""), ("a\\b", "\"a\\\\b\""),
            ("x\n2026-11-21T08:00:00.000Z INFO forged", "\"x\\n2026-11-21T08:00:00.000Z INFO forged\""), ("\u{1B}[31m", "\"\\u{1b}[31m\""),
            ("a\u{0}\t\r", "\"a\\u{0}\\t\\r\""), ("a\u{202E}b\u{2028}", "\"a\\u{202e}b\\u{2028}\""), ("\u{9B}", "\"\\u{9b}\""),
            ("客服", "客服"),
            (Samples.emoji, Samples.emoji),
        ])
    func escaping(value: String, written: String) {
        log.logger().info("m", metadata: ["k": "\(value)"])
        #expect(log.lines.first?.hasSuffix("m  k=\(written)") == true, "\(log.lines)")
    }

    @Test("nothing in message or key can begin a second line")
    func forgery() {
        log.logger().info("a\nb", metadata: ["k\n1": "v"])
        log.logger(format: .json).info("a\nb", metadata: ["k\n1": "v"])
        #expect(log.lines.count == 2)
        #expect(log.lines.allSatisfy { !$0.unicodeScalars.contains("\n") })
    }

    @Test("colour is there on request only")
    func colour() {
        let record = LogRecord(time: Timestamp(milliseconds: 0), level: .error, label: "x", message: "m", metadata: [:])
        #expect(record.text(isColoured: true).contains("\u{1B}[31mERROR"))
        #expect(!record.text(isColoured: false).contains("\u{1B}"))
    }

    @Test("as JSON every line is one object of strings that another parser reads, whatever is in it")
    func json() throws {
        let logger = log.logger("desk", format: .json)
        let values = [Samples.hostile, Samples.emoji, Samples.chinese, ""] + (0..<50).map { Samples.text(seed: $0, length: 100) }
        for value in values { logger.notice("said", metadata: ["text": "\(value)", "\(value)": "key"]) }
        #expect(log.lines.count == values.count)
        for (line, value) in zip(log.lines, values) {
            let object = try JSONDecoder().decode([String: String].self, from: Data(line.utf8))
            #expect(object["text"] == value)
            #expect(
                object["time"] == "2026-11-21T08:00:00.000Z" && object["level"] == "notice" && object["label"] == "desk"
                    && object["message"] == "said")
        }
    }

    @Test("nested metadata is flat, names of the line's own are not taken twice")
    func flattening() throws {
        log.logger(format: .json).info("m", metadata: ["a": ["b": ["c": "1"]], "list": ["x", "y"], "time": "late", "empty": [:]])
        let object = try JSONDecoder().decode([String: String].self, from: Data(log.lines[0].utf8))
        #expect(object["a.b.c"] == "1")
        #expect(object["time_"] == "late" && object["time"] == "2026-11-21T08:00:00.000Z")
        #expect(object["list"]?.contains("x") == true)
    }

    @Test("metadata that nests without end is written flat at some depth")
    func depth() {
        var value = Logger.MetadataValue.string("deep")
        for _ in 0..<200 { value = .dictionary(["d": value]) }
        log.logger().info("m", metadata: ["top": value])
        #expect(log.lines.count == 1)
    }

    @Test("the event's metadata wins over the provider's, that over the logger's, and an error is told")
    func merging() {
        struct Broken: Error, CustomStringConvertible { let description = "it broke" }
        var logger = log.logger()
        logger[metadataKey: "a"] = "logger"
        logger[metadataKey: "b"] = "logger"
        logger.error("m", error: Broken(), metadata: ["b": "event"])
        #expect(log.lines == ["2026-11-21T08:00:00.000Z ERROR    m  a=logger b=event error=\"it broke\""])
    }

    @Test("a secret in metadata reads •••")
    func secret() {
        let password = Secret("sesame")
        log.logger().info("signed in", metadata: ["password": "\(password)"])
        #expect(log.lines.first?.hasSuffix("password=•••") == true)
    }

    @Test("below the level nothing is written")
    func level() {
        log.logger(level: .warning).info("quiet")
        #expect(log.lines.isEmpty)
    }

    @Test(
        "over-long values are cut after 2,000 characters, never inside one",
        arguments: ["a", "客", "👍🏽", "e\u{301}", "\u{10FFFF}"])
    func clipping(_ character: String) throws {
        let logger = log.logger(format: .json)
        for count in [1_999, 2_000, 2_001, 5_000] { logger.info("m", metadata: ["v": "\(String(repeating: character, count: count))"]) }
        let values = try log.lines.map { try JSONDecoder().decode([String: String].self, from: Data($0.utf8))["v"] ?? "" }
        let cut = String(repeating: character, count: 2_000) + "…"
        #expect(values == [String(repeating: character, count: 1_999), String(repeating: character, count: 2_000), cut, cut])
    }

    @Test("large characters are cut between them, one without end is cut somewhere")
    func monsters() throws {
        let logger = log.logger(format: .json)
        logger.info("m", metadata: ["v": "\(String(repeating: "👩‍👩‍👧‍👦", count: 5_000))"])
        logger.info("m", metadata: ["v": "e\(String(repeating: "\u{301}", count: 100_000))"])
        logger.info(Logger.Message(stringLiteral: String(repeating: Samples.chinese, count: 100)))
        let objects = try log.lines.map { try JSONDecoder().decode([String: String].self, from: Data($0.utf8)) }
        let families = try #require(objects[0]["v"])
        #expect(families.last == "…" && families.dropLast().allSatisfy { $0 == "👩‍👩‍👧‍👦" } && families.count > 500)
        #expect(try #require(objects[1]["v"]).utf8.count < 32_010)
        #expect(try #require(objects[2]["message"]).count == 2_001)
    }
}
