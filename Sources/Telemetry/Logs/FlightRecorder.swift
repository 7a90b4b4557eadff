package import BlackBox
import Logging
import Vocabulary

/// Writes log records into the black box: debug and above, whatever the log shows. What is written there costs a copy, not a line.
package struct FlightRecorder: Sendable {
    /// The least that is recorded.
    static let least = Logger.Level.debug

    private let writer: BlackBoxWriter

    package init(_ writer: BlackBoxWriter) {
        self.writer = writer
    }

    /// `message  key=value key=value`, unescaped: who reads it takes out what would steer a terminal. `Secret` prints dots here, too.
    func write(_ event: LogEvent, at time: Timestamp, metadata: Logger.Metadata, provided: Logger.Metadata?) {
        writer.record(level: event.level.severity, at: time.milliseconds) { text in
            text.append(event.message.description)
            text.append(UInt8(ascii: " "))
            // What belongs to this event first: a long request must not push it out.
            if let own = event.metadata { append(own, to: &text) }
            if let error = event.error { append("error", .string("\(error)"), to: &text) }
            append(metadata, to: &text)
            if let provided { append(provided, to: &text) }
        }
    }

    private func append(_ metadata: Logger.Metadata, to text: inout RecordText) {
        for (key, value) in metadata { append(key, value, to: &text) }
    }

    private func append(_ key: String, _ value: Logger.MetadataValue, to text: inout RecordText) {
        text.append(UInt8(ascii: " "))
        text.append(key)
        text.append(UInt8(ascii: "="))
        if case .string(let plain) = value { text.append(plain) } else { text.append("\(value)") }
    }
}
