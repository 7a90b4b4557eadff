package import Logging
import Synchronization
package import Telemetry
package import Vocabulary

/// Keeps the lines that a logger wrote.
package final class CapturedLog: LogSink {
    private let kept = Mutex<[String]>([])

    package init() {}

    /// Without their line ends.
    package var lines: [String] { kept.withLock { $0 } }

    package func write(_ line: [UInt8]) {
        let text = String(decoding: line.dropLast(), as: UTF8.self)
        kept.withLock { $0.append(text) }
    }

    /// A logger that writes here.
    package func logger(
        _ label: String = "test", format: LogFormat = .text, level: Logger.Level = .trace, clock: any WallClock = ManualClock()
    ) -> Logger {
        Logger(label: label) { _ in
            LineLogHandler(label: label, level: level, style: LogStyle(format: format), sink: self, clock: clock)
        }
    }
}

extension Logger {
    /// Says nothing.
    package static var silent: Logger {
        Logger(label: "silent") { _ in SwiftLogNoOpLogHandler() }
    }
}
