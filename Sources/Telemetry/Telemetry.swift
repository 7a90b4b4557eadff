import BlackBox
package import Logging
import Synchronization
import Vocabulary

#if canImport(Glibc)
    import Glibc
#endif

/// How the house reports on itself.
package enum Telemetry {
    private static let isSetUp = Mutex(false)
    /// What all loggers of the process show.
    private static let threshold = LogThreshold(.info)

    /// Sends every `Logger` of the process to standard error, a line a write, and into the black box. Only the first call counts.
    package static func bootstrap(format: LogFormat, level: Logger.Level) {
        let isFirst = isSetUp.withLock { done in
            defer { done = true }
            return !done
        }
        guard isFirst else { return }
        // Nobody reading the log any more must not end the server.
        signal(SIGPIPE, SIG_IGN)
        threshold.set(level, for: nil)
        let style = LogStyle(format: format, isColoured: format == .text && isatty(STDERR_FILENO) == 1 && getenv("NO_COLOR") == nil)
        let sink = DescriptorSink()
        let recorder = FlightRecorder(BlackBox.writer)
        LoggingSystem.bootstrap { label in
            LineLogHandler(label: label, threshold: threshold, style: style, sink: sink, clock: SystemClock(), recorder: recorder)
        }
    }

    /// From what severity on the log shows records now. The black box gets debug and above whatever this is.
    package static var level: Logger.Level { threshold.level }

    /// Changes what the log shows, for every logger that there is.
    /// - Parameter duration: after which the level before it is back; nil: for good.
    package static func setLevel(_ level: Logger.Level, for duration: Duration? = nil) {
        threshold.set(level, for: duration)
    }
}
