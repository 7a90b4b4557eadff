import Routing

extension Verdict {
    /// The node is to blame: what its figures count as a failure.
    var isNodeFault: Bool {
        switch blame {
        case .node, .dead: true
        case .nobody, .client, .rateDomain, .model: false
        }
    }
}
