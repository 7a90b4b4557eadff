/// The numbers of docs/gateway.md §7.
package struct ProbeRules: Hashable, Sendable {
    /// Between two checks of a node that is well; also the longest between two of one in trouble.
    package var interval: Duration = .seconds(600)
    /// Between the first two of one in trouble; then doubling.
    package var troubledInterval: Duration = .seconds(30)
    /// At once.
    package var limit = 2
    /// Commands at once.
    package var commandLimit = 1
    /// Nano-dollars per UTC day; then paid checks become `count`.
    package var moneyPerDay: Int64 = 100_000_000
    /// The first check comes so many seconds after the server is ready.
    package var firstDelay: ClosedRange<Int64> = 5...35
    package var jitterPercent: Int64 = 10
    /// A check that is open for longer should be ended by who runs it.
    package var patience: Duration = .seconds(60)

    package init() {}
}
