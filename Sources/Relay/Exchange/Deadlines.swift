import NIOCore

/// The deadlines of one exchange: set and cleared many times for each that passes, so that only the next one is ever compared.
struct Deadlines {
    private static let never = NIODeadline.distantFuture

    /// One for each case of `DispatchTimer`, whose raw values are its places.
    private var all = InlineArray<6, NIODeadline>(repeating: never)
    /// None passes before this; it may be early.
    private(set) var next = never

    mutating func set(_ timer: DispatchTimer, to deadline: NIODeadline) {
        all[timer.rawValue] = deadline
        next = min(next, deadline)
    }

    mutating func clear(_ timer: DispatchTimer) {
        all[timer.rawValue] = Self.never
    }

    var isEmpty: Bool { all.indices.allSatisfy { all[$0] == Self.never } }

    /// Takes out one that has passed; nil: none.
    mutating func takePassed(at now: NIODeadline) -> DispatchTimer? {
        guard next <= now else { return nil }
        for timer in DispatchTimer.allCases where all[timer.rawValue] <= now {
            clear(timer)
            return timer
        }
        next = DispatchTimer.allCases.reduce(Self.never) { min($0, all[$1.rawValue]) }
        return nil
    }
}
