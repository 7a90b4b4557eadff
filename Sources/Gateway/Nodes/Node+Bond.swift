import Relay
import Vocabulary

extension Node {
    /// A stored credential goes only to where it was given for: who sends it elsewhere, or opens more networks to it, must have it.
    ///
    /// Threat: an admin, or a thief of an admin's session, who can't see the credential but could have it sent to a host of their own. Leave
    /// for private and loopback addresses was given for one address as well: with another one it has to be given again.
    /// - Throws: `GatewayError.nodeMoved`.
    func checkBond(to old: Node, in change: NodeChange) throws(GatewayError) {
        let isElsewhere = url.origin != old.url.origin
        var faults: [GatewayFault] = []
        if isElsewhere || !reach.isSubset(of: old.reach), old.holdsCredential, change.credential == .keep {
            faults.append(.credentialAgain(at: old.url.origin))
        }
        if isElsewhere, old.allowsPrivate, change.allowPrivate == nil { faults.append(.leaveAgain("allowPrivate", "Private", old)) }
        if isElsewhere, old.allowsLoopback, change.allowLoopback == nil { faults.append(.leaveAgain("allowLoopback", "Loopback", old)) }
        guard faults.isEmpty else { throw .nodeMoved(faults) }
    }

    /// One that can be opened, or one that can't: its bytes stay with the node either way.
    private var holdsCredential: Bool { credential != nil || needsCredential }

    /// What became of the node's fields in this change. The same credential for another address, or for more networks, is news as well.
    func auditChanges(since old: Node, in change: NodeChange) -> [AuditChange] {
        let changes = AuditChange.between(old.auditFields, and: auditFields)
        let isSent = url.origin != old.url.origin || reach != old.reach
        guard isSent, case .set(let given?) = change.credential, given == old.credential else { return changes }
        let mask = Secret(given.reveal()).description
        return changes + [AuditChange(field: "credential", from: mask, to: mask)]
    }
}

extension GatewayFault {
    fileprivate static func credentialAgain(at origin: String) -> GatewayFault {
        GatewayFault(
            "credential", "credential_again",
            "The stored credential was given for \(origin) and goes nowhere else: enter it again with this change, or take it away.")
    }

    fileprivate static func leaveAgain(_ field: String, _ kind: String, _ old: Node) -> GatewayFault {
        GatewayFault(
            field, "leave_again", "\(kind) addresses were allowed for \(old.url.origin): say whether they are for the new address.")
    }
}
