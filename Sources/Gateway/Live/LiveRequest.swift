package import Routing
package import Vocabulary

/// A request as the live view shows it: while it runs, and once more when it has ended.
package struct LiveRequest: Sendable {
    package let id: ULID
    package let at: Timestamp
    package let workspace: WorkspaceID
    package let key: KeyID
    package let keyName: String
    package let operation: String
    package var model = ""
    package var mappedModel: String?
    package var isStream = false
    package var node: NodeID?
    package var nodeName = ""
    package var attempts = 0
    package var status = RequestStatus.open
    package var httpStatus: Int?
    package var code: String?
    package var firstByteMilliseconds: Int64?
    package var durationMilliseconds: Int64?
    package var usage: PricedTokens?
    /// Nano-dollars; nil while it runs and when the model has no price.
    package var cost: Int64?

    package init(id: ULID, at: Timestamp, workspace: WorkspaceID, key: KeyID, keyName: String, operation: String) {
        self.id = id
        self.at = at
        self.workspace = workspace
        self.key = key
        self.keyName = keyName
        self.operation = operation
    }
}

/// What the live view is told.
package enum LiveEvent: Sendable {
    case opened(LiveRequest)
    /// Its node was chosen, or is another one now. It may have ended meanwhile.
    case changed(LiveRequest)
    case closed(LiveRequest)
    case second(LiveSecond, open: Int, firstByteP50: Int64?, firstByteP95: Int64?)
    /// A node's state or configuration changed; the door reads it anew.
    case node(NodeID)
    /// So many events were left out.
    case skipped(Int)
}

/// What happened in one second of one workspace.
package struct LiveSecond: Sendable {
    package let at: Timestamp
    package var requests = 0
    package var failures = 0
    package var inputTokens: Int64 = 0
    package var outputTokens: Int64 = 0
    /// Of requests that got their first byte in this second; at most 256 are kept.
    var firstBytes: [Int64] = []

    init(at: Timestamp) {
        self.at = at
    }

    mutating func count(_ request: LiveRequest) {
        requests += 1
        if request.status == .failed || request.status == .refused { failures += 1 }
        inputTokens &+= request.usage.map(\.prompt) ?? 0
        outputTokens &+= request.usage.map(\.output) ?? 0
        if let first = request.firstByteMilliseconds, firstBytes.count < 256 { firstBytes.append(first) }
    }
}
