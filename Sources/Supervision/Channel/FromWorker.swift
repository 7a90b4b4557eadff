/// What a worker tells the supervisor: one datagram of text each.
package enum FromWorker: Hashable, Sendable {
    /// Where its start is.
    case stage(WorkerStage)
    /// All is done that can be done without the data directory.
    case prepared
    /// It takes requests.
    case ready
    /// It will end with this code, and why.
    case refused(Int32, sentence: String)
    /// About itself, a JSON object.
    case status(String)
    /// It was told to end by somebody else and takes no more connections.
    case draining
    /// The data directory is let go.
    case handed

    package var text: String {
        switch self {
        case .stage(let stage): "stage \(stage.number) \(stage.name)"
        case .prepared: "prepared"
        case .ready: "ready"
        case .refused(let code, let sentence): "refused \(code) \(sentence)"
        case .status(let json): "status \(json)"
        case .draining: "draining"
        case .handed: "handed"
        }
    }

    /// Nil for what this version does not know.
    package init?(_ text: String) {
        let parts = text.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: true).map(String.init)
        let number = parts.dropFirst().first.flatMap { Int32($0) }
        let rest = parts.dropFirst(2).first ?? ""
        switch parts.first {
        case "stage":
            guard let number, number >= 0 else { return nil }
            self = .stage(WorkerStage(number: Int(number), name: String(rest.prefix(32))))
        case "prepared": self = .prepared
        case "ready": self = .ready
        case "refused":
            guard let number else { return nil }
            self = .refused(number, sentence: rest)
        case "status": self = .status(String(text.drop { $0 != " " }.dropFirst()))
        case "draining": self = .draining
        case "handed": self = .handed
        default: return nil
        }
    }
}
