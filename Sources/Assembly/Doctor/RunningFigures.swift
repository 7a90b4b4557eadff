package import Settings

/// The figures of the server that runs on this data directory, asked through its control socket.
package enum RunningFigures {
    /// Nil when none runs.
    package static func read(_ settings: Settings) -> String? {
        ControlCall.send(.figures, directory: settings[HouseSettings.dataDirectory])?.output.first
    }
}
