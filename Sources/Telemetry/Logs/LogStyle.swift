/// How a log line is written.
package enum LogFormat: String, CaseIterable, Sendable {
    /// For people.
    case text
    /// A JSON object a line.
    case json
}

/// The format and what goes with it.
package struct LogStyle: Sendable {
    package let format: LogFormat
    /// Colours the level; for terminals only.
    package let isColoured: Bool

    package init(format: LogFormat, isColoured: Bool = false) {
        self.format = format
        self.isColoured = isColoured
    }
}
