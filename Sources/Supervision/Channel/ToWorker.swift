/// What the supervisor tells a worker: one datagram of text each.
package enum ToWorker: Hashable, Sendable {
    /// The data directory is free: open it and serve. `isFirst`: nobody has served since the program was started. `isBeside`: a worker that
    /// has let the data go still carries streams, and writes what they cost into its part of the ledger until `alone`.
    case open(isFirst: Bool, isBeside: Bool)
    /// Every worker before this one has ended.
    case alone
    /// Stop accepting, see connections to their end, end.
    case drain
    /// Stop accepting, bring what needs the data directory to a quick end, let the directory go and say `handed`. What needs it no more may
    /// go on.
    case handover
    /// Read what can change at run time again: certificates, log level.
    case reload
    /// Log from this level on, for so many seconds; nil: until told otherwise.
    case level(String, seconds: Int?)
    /// Refuse inputs like this one, and say by which number to ask about it.
    case quarantine(HeldInput)
    /// Go without an optional part.
    case off(String)

    /// Bytes of the longest datagram.
    package static let limit = 4_096

    package var text: String {
        switch self {
        case .open(let isFirst, let isBeside): "open \(isFirst ? "first" : "again")\(isBeside ? " beside" : "")"
        case .alone: "alone"
        case .drain: "drain"
        case .handover: "handover"
        case .reload: "reload"
        case .level(let name, let seconds): seconds.map { "level \(name) \($0)" } ?? "level \(name)"
        case .quarantine(let input): "quarantine \(String(input.fingerprint, radix: 16)) \(input.incident)"
        case .off(let part): "off \(part)"
        }
    }

    /// Nil for what this version does not know.
    package init?(_ text: String) {
        let words = text.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: true).map(String.init)
        switch (words.first, words.dropFirst().first) {
        case ("open", let when): self = .open(isFirst: when == "first", isBeside: words.dropFirst(2).first == "beside")
        case ("alone", _): self = .alone
        case ("drain", _): self = .drain
        case ("handover", _): self = .handover
        case ("reload", _): self = .reload
        case ("level", let name?): self = .level(name, seconds: words.dropFirst(2).first.flatMap { Int($0) })
        case ("quarantine", let hex?):
            guard let fingerprint = UInt64(hex, radix: 16) else { return nil }
            self = .quarantine(HeldInput(fingerprint: fingerprint, incident: words.dropFirst(2).first ?? hex))
        case ("off", let part?): self = .off(part)
        default: return nil
        }
    }
}
