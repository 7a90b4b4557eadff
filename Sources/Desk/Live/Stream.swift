/// One topic of one session: first the past from the database, then what is new, without a gap between them.
///
/// Pure: `LiveSession` asks it under its lock and sends what it says.
struct Stream: Sendable {
    private enum Phase: Sendable {
        /// The past is being read; what comes meanwhile waits. Nil once too much came: then the past is read again.
        case catchingUp(waiting: [Delivered]?)
        case live
    }

    /// How many frames may wait while the past is read.
    static let waitingLimit = 1_024

    private var phase = Phase.catchingUp(waiting: [])
    /// Up to where the client was sent everything.
    private(set) var top: Int64

    init(after cursor: Int64) {
        top = cursor
    }

    /// What to send now of `delivered`, if anything.
    mutating func receive(_ delivered: Delivered) -> Delivered? {
        switch phase {
        case .catchingUp(let waiting?) where waiting.count < Self.waitingLimit:
            phase = .catchingUp(waiting: waiting + [delivered])
            return nil
        case .catchingUp:
            phase = .catchingUp(waiting: nil)
            return nil
        case .live:
            return passes(delivered) ? delivered : nil
        }
    }

    /// The past was sent up to `number`.
    mutating func sent(upTo number: Int64) {
        top = max(top, number)
    }

    /// The past is at its end: goes live and says what waited and is still new. Nil when too much came: read on, then ask again.
    mutating func settle() -> [Delivered]? {
        guard case .catchingUp(let waiting) = phase else { return [] }
        guard let waiting else {
            phase = .catchingUp(waiting: [])
            return nil
        }
        phase = .live
        return waiting.filter { passes($0) }
    }

    private mutating func passes(_ delivered: Delivered) -> Bool {
        guard let number = delivered.number else { return true }
        guard number > top else { return false }
        top = number
        return true
    }
}
