package import Logging
import Synchronization
import Vocabulary

#if canImport(Glibc)
    import Glibc
#endif

/// How the house reports on itself.
package enum Telemetry {
    private static let isSetUp = Mutex(false)

    /// Sends every `Logger` of the process to standard error, a line a write. Only the first call counts.
    package static func bootstrap(format: LogFormat, level: Logger.Level) {
        let isFirst = isSetUp.withLock { done in
            defer { done = true }
            return !done
        }
        guard isFirst else { return }
        // Nobody reading the log any more must not end the server.
        signal(SIGPIPE, SIG_IGN)
        let style = LogStyle(format: format, isColoured: format == .text && isatty(STDERR_FILENO) == 1 && getenv("NO_COLOR") == nil)
        let sink = DescriptorSink()
        LoggingSystem.bootstrap { label in
            LineLogHandler(label: label, level: level, style: style, sink: sink, clock: SystemClock())
        }
    }
}
