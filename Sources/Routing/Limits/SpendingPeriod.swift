/// Money of one day or one month: what is spent, and what is reserved for requests under way. Nano-dollars.
struct SpendingPeriod: Hashable, Sendable {
    /// The day's or month's number.
    private(set) var number: Int64
    private(set) var spent: Int64
    private(set) var reserved: Int64 = 0

    init(number: Int64, spent: Int64) {
        self.number = number
        self.spent = max(spent, 0)
    }

    /// A new period begins with nothing. A clock that goes back does not bring an old one, and its money, back.
    mutating func turn(to number: Int64) {
        if number > self.number { self = SpendingPeriod(number: number, spent: 0) }
    }

    /// - Parameter others: what other processes have taken of it.
    func hasRoom(for amount: Int64, besides others: Int64 = 0, below limit: Int64) -> Bool {
        let (own, overflow) = spent.addingReportingOverflow(reserved)
        let (held, isMore) = own.addingReportingOverflow(others)
        guard !overflow, !isMore, held < limit else { return false }
        return amount <= limit - held
    }

    mutating func reserve(_ amount: Int64) {
        reserved = reserved.addingReportingOverflow(amount).overflow ? .max : reserved + amount
    }

    /// What was reserved in an earlier period belongs to that one, as the ledger's row does.
    mutating func settle(reserved amount: Int64, used: Int64, from number: Int64) {
        guard number == self.number else { return }
        reserved = max(reserved - amount, 0)
        spent = spent.addingReportingOverflow(used).overflow ? .max : spent + used
    }
}
