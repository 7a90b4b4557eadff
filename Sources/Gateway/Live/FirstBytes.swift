package import Routing
package import Vocabulary

/// How long the last answers of a node let wait for their first byte.
struct FirstBytes {
    private static let most = 32
    private var times: [(at: Timestamp, milliseconds: Int64)] = []

    mutating func note(_ milliseconds: Int64, at time: Timestamp) {
        if times.count >= Self.most { times.removeFirst() }
        times.append((time, milliseconds))
    }

    /// When the last of them came in.
    var last: Timestamp? { times.last?.at }

    /// Of those after `time`; nil when there are none.
    func median(after time: Timestamp) -> Int64? {
        let sorted = times.filter { $0.at > time }.map(\.milliseconds).sorted()
        let middle = sorted.count / 2
        return sorted.indices.contains(middle) ? sorted[middle] : nil
    }
}

extension LiveBoard {
    /// When the last request that a node completed came in; nil: none in this process.
    func lastCompletion(of node: NodeID) -> Timestamp? { firstBytes(of: node)?.last }

    /// Median wait for the first byte, in milliseconds, of a node's last requests after `time`.
    package func firstByteMedian(of node: NodeID, after time: Timestamp) -> Int64? {
        firstBytes(of: node)?.median(after: time)
    }
}
