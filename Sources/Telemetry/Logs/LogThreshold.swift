import BlackBox
package import Logging
import Synchronization

/// From what severity on records are written; can be changed while the program runs, for all its loggers at once, and returns by itself.
package final class LogThreshold: Sendable {
    /// The usual level in the lowest 8 bits, the one in force in the next 8, above them until when (ms of `Moment.steady`; 0: for good).
    private let word: Atomic<UInt64>

    package init(_ level: Logger.Level) {
        word = Atomic(UInt64(level.severity) | UInt64(level.severity) << 8)
    }

    package var level: Logger.Level {
        let found = word.load(ordering: .relaxed)
        guard found >> 16 != 0, Self.isOver(found) else { return Logger.Level(severity: UInt8(truncatingIfNeeded: found >> 8)) }
        return Logger.Level(severity: UInt8(truncatingIfNeeded: found))
    }

    /// - Parameter duration: after which the usual level is back, at most a week; nil: this is the usual level from now on.
    package func set(_ level: Logger.Level, for duration: Duration?) {
        let new = UInt64(level.severity)
        guard let duration else { return word.store(new | new << 8, ordering: .relaxed) }
        let milliseconds =
            min(max(0, duration.components.seconds), 7 * 86_400) * 1_000 + duration.components.attoseconds / 1_000_000_000_000_000
        let until = UInt64(max(1, Moment.steady + milliseconds)) & 0xFFFF_FFFF_FFFF
        let usual = word.load(ordering: .relaxed) & 0xFF
        word.store(usual | new << 8 | until << 16, ordering: .relaxed)
    }

    /// True once, when a level that was set for a time has run out.
    func hasReturned() -> Bool {
        let found = word.load(ordering: .relaxed)
        guard found >> 16 != 0, Self.isOver(found) else { return false }
        let usual = found & 0xFF
        return word.compareExchange(expected: found, desired: usual | usual << 8, ordering: .relaxed).exchanged
    }

    private static func isOver(_ word: UInt64) -> Bool { UInt64(max(0, Moment.steady)) >= word >> 16 }
}

extension Logger.Level {
    /// 0 trace … 6 critical, as the black box keeps it.
    var severity: UInt8 {
        switch self {
        case .trace: 0
        case .debug: 1
        case .info: 2
        case .notice: 3
        case .warning: 4
        case .error: 5
        case .critical: 6
        }
    }

    init(severity: UInt8) {
        let levels: [Logger.Level] = [.trace, .debug, .info, .notice, .warning, .error]
        self = levels.indices.contains(Int(severity)) ? levels[Int(severity)] : .critical
    }
}
