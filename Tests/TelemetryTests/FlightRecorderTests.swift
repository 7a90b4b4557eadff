import BlackBox
import Logging
import TestSupport
import Testing
import Vocabulary

@testable import Telemetry

@Suite("The flight recorder")
struct FlightRecorderTests {
    private let log = CapturedLog()
    private let writer: BlackBoxWriter
    private let threshold = LogThreshold(.info)

    init() throws {
        writer = BlackBoxWriter(try BlackBoxMemory())
    }

    private var logger: Logger {
        Logger(label: "desk") { label in
            LineLogHandler(
                label: label, threshold: threshold, style: LogStyle(format: .text), sink: log, clock: ManualClock(),
                recorder: FlightRecorder(writer))
        }
    }

    private var records: [BlackBoxReader.Record] {
        get throws { try #require(BlackBoxReader(writer.memory.copy())).records() }
    }

    @Test("takes debug and above, whatever the log shows")
    func everything() throws {
        let logger = logger
        for level in Logger.Level.allCases { logger.log(level: level, "said", metadata: ["at": "\(level)"]) }
        #expect(log.lines.map { $0.split(separator: " ")[1] } == ["INFO", "NOTICE", "WARNING", "ERROR", "CRITICAL"])
        #expect(try records.map(\.levelName) == ["debug", "info", "notice", "warning", "error", "critical"])
        #expect(try records.map(\.text) == ["debug", "info", "notice", "warning", "error", "critical"].map { "said  at=\($0)" })
        #expect(try records.allSatisfy { $0.at == 1_795_248_000_000 })
    }

    @Test("takes the logger's own metadata behind the event's")
    func metadata() throws {
        var logger = logger
        logger[metadataKey: "request"] = "01KC"
        logger.debug("asked", metadata: ["nested": ["a": "1"], "plain": "x"])
        let text = try #require(try records.first?.text)
        #expect(text.hasPrefix("asked  ") && text.hasSuffix(" request=01KC") && text.contains("plain=x") && text.contains("nested="))
        #expect(log.lines.isEmpty)
    }

    @Test("prints no secret")
    func secrets() throws {
        logger.debug("signed in", metadata: ["password": "\(Secret("hunter2"))"])
        #expect(try records.first?.text.contains("hunter2") == false)
    }

    @Test("a logger that was quietened on purpose is quiet here too; the log's level changes nothing")
    func ownLevel() throws {
        var quiet = logger
        quiet.logLevel = .error
        quiet.info("unseen")
        quiet.error("seen")
        #expect(log.lines.count == 1)
        #expect(try records.map(\.text) == ["seen "])
    }

    @Test("many tasks at once lose nothing and mix nothing")
    func crowd() async throws {
        let logger = logger
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask { for number in 0..<200 { logger.debug("said", metadata: ["by": "\(task).\(number)"]) } }
            }
        }
        let texts = try records.map(\.text)
        #expect(texts.count == 1_600 && Set(texts).count == 1_600 && texts.allSatisfy { $0.hasPrefix("said  by=") })
    }
}

@Suite("The level of the log")
struct LogThresholdTests {
    @Test("changes for loggers that are there already, and stays when no time is given")
    func change() {
        let log = CapturedLog()
        let threshold = LogThreshold(.warning)
        let logger = Logger(label: "x") { label in
            LineLogHandler(label: label, threshold: threshold, style: LogStyle(format: .text), sink: log, clock: ManualClock())
        }
        logger.info("unseen")
        threshold.set(.debug, for: nil)
        logger.debug("seen")
        threshold.set(.error, for: nil)
        logger.warning("unseen")
        #expect(log.lines.count == 1 && threshold.level == .error)
    }

    @Test("returns by itself after its time, and says so once")
    func returning() async throws {
        let log = CapturedLog()
        let threshold = LogThreshold(.warning)
        let logger = Logger(label: "x") { label in
            LineLogHandler(label: label, threshold: threshold, style: LogStyle(format: .text), sink: log, clock: ManualClock())
        }
        threshold.set(.debug, for: .milliseconds(200))
        logger.debug("seen")
        #expect(threshold.level == .debug && log.lines.count == 1)
        while threshold.level == .debug { try await Task.sleep(for: .milliseconds(10)) }
        #expect(threshold.level == .warning)
        logger.debug("unseen")
        logger.warning("first")
        logger.warning("second")
        #expect(
            log.lines.dropFirst().map { $0.split(separator: " ").dropFirst(2).joined(separator: " ") } == [
                "the log level is back level=warning", "first", "second",
            ])
    }

    @Test("a level for a time does not become the usual one, even twice")
    func twice() async throws {
        let threshold = LogThreshold(.info)
        threshold.set(.trace, for: .seconds(100))
        threshold.set(.debug, for: .milliseconds(1))
        while threshold.level == .debug { try await Task.sleep(for: .milliseconds(5)) }
        #expect(threshold.level == .info)
    }

    @Test("levels have the numbers of the black box")
    func severities() {
        #expect(Logger.Level.allCases.map(\.severity) == [0, 1, 2, 3, 4, 5, 6])
        for level in Logger.Level.allCases { #expect(Logger.Level(severity: level.severity) == level) }
        #expect(Logger.Level(severity: 200) == .critical)
    }
}
