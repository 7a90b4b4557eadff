/// A dense row of numbers that several instances write, as one of them tells it: each number once, in order, in whatever order news comes in.
///
/// Pure: who asks it reads and tells what it says.
struct Following<Item: Sendable>: Sendable {
    /// What to do about news.
    enum Verdict: Equatable {
        /// It is the next: tell it.
        case tell
        /// It was told, or waits for a read that is under way.
        case nothing
        /// Something lies before it: read what is beyond `after`.
        case read(after: Int64)
        /// The database doesn't show it yet: read a little later.
        case readLater(after: Int64)
    }

    /// One number with what it says.
    typealias Numbered = (number: Int64, item: Item)

    /// Reads that may find nothing before a hint is taken for a mistake; a few of a replica's moments.
    static var patience: Int { 20 }

    /// Up to here everything was told.
    private(set) var told: Int64
    /// Written here, while what others wrote before it has not been read. Rising.
    private var waiting: [Numbered] = []
    /// Somebody said that this number exists.
    private var hinted: Int64 = 0
    private var isReading = false
    private var vainReads = 0

    init(after told: Int64) {
        self.told = told
    }

    /// This instance wrote `item` as `number`; called in rising order.
    mutating func wrote(_ item: Item, as number: Int64) -> Verdict {
        // Told already: it was read before its own note came.
        guard number > told else { return .nothing }
        guard number > told + 1 || !waiting.isEmpty else {
            told = number
            return .tell
        }
        waiting.append((number, item))
        return read()
    }

    /// There is something up to `number`, somebody says.
    mutating func heard(of number: Int64) -> Verdict {
        guard number > told else { return .nothing }
        hinted = max(hinted, number)
        return read()
    }

    /// A read ended.
    /// - Parameters:
    ///   - items: rising; what lies beyond `after`.
    ///   - whole: up to here there is nothing else.
    ///   - top: the last number that the read saw to exist.
    /// - Returns: what to tell now, in order, and what then.
    mutating func found(_ items: [Numbered], after: Int64, whole: Int64, top: Int64) -> (tell: [Numbered], then: Verdict) {
        isReading = false
        let before = told
        var due: [Numbered] = []
        // A read from before this row was followed anew says nothing about its beginning.
        if after <= told {
            for numbered in items where numbered.number > told {
                due += takeWaiting(upTo: numbered.number)
                // Written here as well: told as it was then.
                if told < numbered.number { due.append(numbered) }
                told = numbered.number
            }
            due += takeWaiting(upTo: whole)
            told = max(told, whole)
            hinted = max(hinted, top)
        }
        while let next = waiting.first, next.number == told + 1 { due += takeWaiting(upTo: next.number) }
        return (due, goOn(isVain: told == before))
    }

    private mutating func goOn(isVain: Bool) -> Verdict {
        vainReads = isVain ? vainReads + 1 : 0
        // What was written here exists for certain; a hint may be wrong.
        if waiting.isEmpty, vainReads >= Self.patience { hinted = told }
        guard !waiting.isEmpty || hinted > told else {
            vainReads = 0
            return .nothing
        }
        isReading = true
        return isVain ? .readLater(after: told) : .read(after: told)
    }

    private mutating func takeWaiting(upTo number: Int64) -> [Numbered] {
        let due = waiting.prefix { $0.number <= number }
        waiting.removeFirst(due.count)
        if let last = due.last { told = max(told, last.number) }
        return Array(due)
    }

    private mutating func read() -> Verdict {
        guard !isReading else { return .nothing }
        isReading = true
        return .read(after: told)
    }
}
