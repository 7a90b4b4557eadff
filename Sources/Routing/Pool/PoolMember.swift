/// A node in a pool, with what the pool knows of it.
struct PoolMember: Sendable {
    /// A client can name any model: no more than so many absent ones are remembered per node.
    static let missingLimit = 256

    var node: RoutedNode
    var health: NodeHealth
    var inFlight = 0
    let domain: RateDomain
    /// Models that the node said it does not have, and until when it is believed.
    private(set) var missing: [String: Moment] = [:]

    init(_ node: RoutedNode, health: NodeHealth) {
        self.node = node
        self.health = health
        domain = node.domain
    }

    /// The same node as it is configured now.
    func updated(to node: RoutedNode) -> PoolMember {
        var member = PoolMember(node, health: health)
        member.inFlight = inFlight
        member.missing = missing
        return member
    }

    var isFull: Bool { node.maxConcurrency.map { inFlight >= $0 } ?? false }

    func lacks(_ model: String?, at now: Moment) -> Bool {
        guard !missing.isEmpty, let model, let until = missing[model] else { return false }
        return now < until
    }

    /// - Returns: whether that is news.
    mutating func noteMissing(_ model: String, until: Moment, at now: Moment) -> Bool {
        let isNews = !lacks(model, at: now)
        if missing.count >= Self.missingLimit, missing[model] == nil { forgetOldestMissing(at: now) }
        missing[model] = until
        return isNews
    }

    private mutating func forgetOldestMissing(at now: Moment) {
        missing = missing.filter { $0.value > now }
        while missing.count >= Self.missingLimit, let oldest = missing.min(by: { $0.value < $1.value })?.key { missing[oldest] = nil }
    }

    func missingCount(at now: Moment) -> Int {
        missing.values.count { now < $0 }
    }
}
