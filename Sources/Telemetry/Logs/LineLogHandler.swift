package import Logging
package import Vocabulary

/// Writes each event as one line to a sink, and into the flight recorder, which also takes what is too little for a line.
package struct LineLogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    private let label: String
    private let style: LogStyle
    private let sink: any LogSink
    private let clock: any WallClock
    private let threshold: LogThreshold
    private let recorder: FlightRecorder?
    /// Set on one logger alone.
    private var ownLevel: Logger.Level?

    package init(
        label: String, threshold: LogThreshold, style: LogStyle, sink: any LogSink, clock: any WallClock, recorder: FlightRecorder? = nil
    ) {
        self.label = label
        self.threshold = threshold
        self.style = style
        self.sink = sink
        self.clock = clock
        self.recorder = recorder
    }

    package init(label: String, level: Logger.Level, style: LogStyle, sink: any LogSink, clock: any WallClock) {
        self.init(label: label, threshold: LogThreshold(level), style: style, sink: sink, clock: clock)
    }

    /// From what severity on events are handed to us: the recorder wants more than the lines show, except of a logger that was quietened on purpose.
    package var logLevel: Logger.Level {
        get { ownLevel ?? (recorder == nil ? shownLevel : min(shownLevel, FlightRecorder.least)) }
        set { ownLevel = newValue }
    }

    private var shownLevel: Logger.Level { ownLevel ?? threshold.level }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let now = clock.now()
        if threshold.hasReturned() { write("the log level is back", .notice, ["level": "\(threshold.level)"], at: now) }
        if let recorder, event.level >= FlightRecorder.least {
            recorder.write(event, at: now, metadata: metadata, provided: metadataProvider?.get())
        }
        guard event.level >= shownLevel else { return }
        write(event.message.description, event.level, merged(event), at: now)
    }

    private func write(_ message: String, _ level: Logger.Level, _ metadata: Logger.Metadata, at time: Timestamp) {
        let record = LogRecord(time: time, level: level, label: label, message: message, metadata: metadata)
        var line = style.format == .json ? Array(record.json.utf8) : record.textBytes(isColoured: style.isColoured)
        line.append(UInt8(ascii: "\n"))
        sink.write(line)
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
