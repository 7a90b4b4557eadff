import Synchronization

/// How measured values spread over buckets: enough for medians and tails, at two atomic instructions a value.
package final class Histogram: Sendable {
    /// Upper ends, ascending; the last bucket (+Inf) is not among them.
    package let bounds: [Double]
    private let counts: [Counter]
    /// In millionths of the unit: an atomic has no fractions.
    private let millionths = Atomic<UInt64>(0)

    /// From half a millisecond to 30 s, for what people wait for; in seconds.
    package static let waits: [Double] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
    /// From 1 s to 10 min, for whole answers of models; in seconds.
    package static let answers: [Double] = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 160, 320, 600]

    /// - Parameter bounds: of any order; what is no number is left out.
    package init(bounds: [Double] = Histogram.waits) {
        let sorted = Set(bounds.filter(\.isFinite)).sorted()
        self.bounds = sorted
        counts = (0...sorted.count).map { _ in Counter() }
    }

    /// - Parameter value: in the unit of the bounds; what is negative or no number counts as 0.
    package func observe(_ value: Double) {
        let value = value.isFinite && value > 0 ? value : 0
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        guard counts.indices.contains(bucket) else { return }
        counts[bucket].add()
        millionths.wrappingAdd(UInt64(min(value, 1e12) * 1_000_000), ordering: .relaxed)
    }

    package func observe(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        observe(Double(seconds) + Double(attoseconds) / 1e18)
    }

    /// One moment's picture: cumulative counts as Prometheus wants them, the last being all.
    package var picture: (cumulative: [UInt64], sum: Double) {
        var running: UInt64 = 0
        let cumulative = counts.map { count in
            running &+= count.value
            return running
        }
        return (cumulative, Double(millionths.load(ordering: .relaxed)) / 1_000_000)
    }
}
