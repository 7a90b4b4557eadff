package import Logging
package import Vocabulary

/// Writes each event as one line to a sink.
package struct LineLogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    package var logLevel: Logger.Level
    private let label: String
    private let style: LogStyle
    private let sink: any LogSink
    private let clock: any WallClock

    package init(label: String, level: Logger.Level, style: LogStyle, sink: any LogSink, clock: any WallClock) {
        self.label = label
        self.style = style
        self.sink = sink
        self.clock = clock
        logLevel = level
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let record = LogRecord(
            time: clock.now(), level: event.level, label: label, message: event.message.description, metadata: merged(event))
        let line = style.format == .json ? record.json : record.text(isColoured: style.isColoured)
        sink.write(Array((line + "\n").utf8))
    }

    /// The nearest says last: the event over the provider over the logger.
    private func merged(_ event: LogEvent) -> Logger.Metadata {
        if metadata.isEmpty, metadataProvider == nil, event.error == nil { return event.metadata ?? [:] }
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
        if let error = event.error { all["error"] = "\(error)" }
        if let own = event.metadata { all.merge(own) { $1 } }
        return all
    }
}
