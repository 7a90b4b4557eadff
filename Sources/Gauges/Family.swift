import Synchronization

/// Figures of one name that differ by labels, such as requests by status. Never more than `limit` of them: what comes later is counted together
/// as `other`, so that no stranger can fill the memory with names of his own (CVE-2021-21328).
package final class Family<Figure: Sendable>: Sendable {
    package let labels: [String]
    private let limit: Int
    private let make: @Sendable () -> Figure
    private let figures = Mutex<[[String]: Figure]>([:])

    /// - Parameters:
    ///   - labels: the names, in the order of the values.
    ///   - limit: how many sets of values are kept apart.
    package init(labels: [String], limit: Int = 200, make: @escaping @Sendable () -> Figure) {
        self.labels = labels
        self.limit = limit
        self.make = make
    }

    /// The figure of these values; missing ones are empty, too many are left out. Keep it where the same values come often.
    package subscript(_ values: String...) -> Figure {
        let key = labels.indices.map { values.indices.contains($0) ? String(values[$0].unicodeScalars.prefix(120)) : "" }
        return figures.withLock { figures in
            if let known = figures[key] { return known }
            let key = figures.count < limit ? key : labels.map { _ in "other" }
            if let known = figures[key] { return known }
            let new = make()
            figures[key] = new
            return new
        }
    }

    package var all: [(values: [String], figure: Figure)] {
        figures.withLock { $0.map { (values: $0.key, figure: $0.value) } }.sorted { $0.values.lexicographicallyPrecedes($1.values) }
    }
}
