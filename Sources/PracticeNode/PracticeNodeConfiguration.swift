/// What a practice node is told at its start.
package struct PracticeNodeConfiguration: Sendable {
    /// Shown in answers, ids and headers, so that a reader sees who answered. 1–40 letters, digits and hyphens.
    package var name: String
    /// An IP address or a name of this machine.
    package var host = "127.0.0.1"
    /// 0: any free port.
    package var port = 0
    /// The credential that clients must show (`x-api-key` or `Authorization: Bearer`); nil: none is asked for.
    package var key: String?
    /// What happens to every request for which the script has nothing.
    package var fault = Fault.none
    /// PEM files: with both the node speaks TLS.
    package var certificateFile: String?
    package var keyFile: String?
    /// Whether `x-practice-fault` in a request chooses its fault.
    package var allowsFaultHeader = false
    /// The only models that exist; empty: every name does, and the list shows some.
    package var models: [String] = []
    /// Fixed answers without recording and faults, as cheap as possible: the upstream of benchmarks.
    package var isBenchmark = false
    /// The time between two events of a benchmark's stream, in milliseconds; nil: all at once.
    package var benchmarkPace: Int?
    /// 1–64.
    package var threads = 1

    package init(name: String = "practice") {
        self.name = name
    }
}
