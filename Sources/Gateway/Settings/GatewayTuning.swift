/// The settings of the running gateway, as a value: read once per request, the same from its beginning to its end.
package struct GatewayTuning: Hashable, Sendable {
    /// Bytes of a gathered body.
    package var bodyLimit = 32 * 1_024 * 1_024
    package var connectTime = Duration.seconds(3)
    /// To a stream's first byte.
    package var firstByteTime = Duration.seconds(120)
    /// To the first byte of an answer that is no stream.
    package var nonStreamTime = Duration.seconds(600)
    /// Without any byte of a running stream.
    package var silenceTime = Duration.seconds(300)
    /// Requests that wait for a node, per workspace.
    package var queueLength = 100
    package var queueTime = Duration.seconds(10)
    /// Attempts after the first one.
    package var extraAttempts = 2
    /// Failures in a row after which a node cools down.
    package var failThreshold = 3
    package var holdTime = Duration.seconds(10)
    /// Bytes of a start that is held back.
    package var holdBytes = 65_536
    /// Whether paths that the gateway doesn't know go to a node.
    package var passesUnknown = true
    /// Between probes of a node in trouble.
    package var healthInterval = Duration.seconds(30)
    /// Between probes of a node that is well.
    package var healthAllInterval = Duration.seconds(600)
    package var healthConcurrency = 2
    /// Nano-dollars a UTC day for probes that cost.
    package var healthBudget: Int64 = 100_000_000
    /// Program and arguments of the `cli` probe, parted by spaces; `{model}` stands for the node's model.
    package var healthCommand = "claude -p ok --model {model}"
    /// How new nodes of the Anthropic family are probed.
    package var healthMethod = HealthMethod.api
    /// How long a node's history is kept.
    package var historyDays = 90

    /// The defaults.
    package init() {}
}

/// How a node is probed.
package enum HealthMethod: String, Sendable, CaseIterable {
    /// A message of one token: costs.
    case api
    /// Only the connection and any answer.
    case head
    /// Free: `count_tokens`, or the list of models.
    case count
    /// Runs a command.
    case cli
}
