package import Routing
package import Vocabulary

/// What became of a client's request.
package enum RequestStatus: String, Sendable, CaseIterable {
    case open, completed, failed, refused, cancelled
    /// The process died while it was open.
    case interrupted
}

/// How far an attempt got (docs/gateway.md section 5): what decides whether it may have cost something.
package enum AttemptCertainty: String, Sendable, CaseIterable {
    case notSent = "not_sent"
    case rejected
    case possiblyAccepted = "possibly_accepted"
    case started, committed, completed
}

/// What is kept of who asked. Longer texts are cut.
package struct ClientFacts: Hashable, Sendable {
    /// `user-agent`, up to 120 bytes.
    package var agent: String
    /// Network address, up to 46 bytes.
    package var address: String
    /// The client's own session id, up to 80 bytes.
    package var session: String?

    package init(agent: String = "", address: String = "", session: String? = nil) {
        self.agent = agent
        self.address = address
        self.session = session
    }
}

/// A client's request, as far as it is known before anything is sent anywhere.
package struct RequestOpening: Hashable, Sendable {
    /// Its time is the request's time: lists are ordered by it, and hours and days of use are those of it.
    package var id: ULID
    package var workspace: WorkspaceID
    package var key: KeyID?
    /// `messages`, `chat_completions` …, up to 32 bytes.
    package var operation: String
    /// As the client named it, up to 128 bytes; empty when the operation has none.
    package var model: String
    package var isStream: Bool
    package var client: ClientFacts

    package init(
        id: ULID, workspace: WorkspaceID, key: KeyID?, operation: String, model: String, isStream: Bool = false,
        client: ClientFacts = ClientFacts()
    ) {
        self.id = id
        self.workspace = workspace
        self.key = key
        self.operation = operation
        self.model = model
        self.isStream = isStream
        self.client = client
    }
}

/// A request that was refused before it was opened.
package struct RequestRefusal: Hashable, Sendable {
    package var id: ULID
    /// Nil when the key was missing or unknown.
    package var workspace: WorkspaceID?
    package var key: KeyID?
    package var operation: String
    package var model: String
    package var httpStatus: Int
    /// `gateway.key_unknown` …, up to 64 bytes.
    package var code: String
    package var client: ClientFacts

    package init(
        id: ULID, workspace: WorkspaceID?, key: KeyID?, operation: String, model: String, httpStatus: Int, code: String,
        client: ClientFacts = ClientFacts()
    ) {
        self.id = id
        self.workspace = workspace
        self.key = key
        self.operation = operation
        self.model = model
        self.httpStatus = httpStatus
        self.code = code
        self.client = client
    }
}

/// One try of one node, about to be sent.
package struct AttemptOpening: Hashable, Sendable {
    /// From 1, within the request.
    package var number: Int
    package var node: NodeID
    /// What the node is asked for; equal to the request's model where its map doesn't change it.
    package var mappedModel: String
    /// Why this node; nil: it was not written down then.
    package var reason: PickReason?

    package init(number: Int, node: NodeID, mappedModel: String, reason: PickReason? = nil) {
        self.number = number
        self.node = node
        self.mappedModel = mappedModel
        self.reason = reason
    }
}

/// How one try ended.
package struct AttemptEnding: Hashable, Sendable {
    package var number: Int
    package var certainty: AttemptCertainty
    /// `completed`, `status_529`, `connect_refused` …, up to 64 bytes.
    package var outcome: String
    package var httpStatus: Int?
    package var milliseconds: Int64
    /// The node may charge for it although the client got nothing of it.
    package var isChargeSuspected: Bool
    /// The node's health was blamed for it.
    package var isNodeFault: Bool

    package init(
        number: Int, certainty: AttemptCertainty, outcome: String, httpStatus: Int?, milliseconds: Int64, isChargeSuspected: Bool = false,
        isNodeFault: Bool = false
    ) {
        self.number = number
        self.certainty = certainty
        self.outcome = outcome
        self.httpStatus = httpStatus
        self.milliseconds = milliseconds
        self.isChargeSuspected = isChargeSuspected
        self.isNodeFault = isNodeFault
    }
}

/// What was remarkable about a request.
package struct RequestFlags: OptionSet, Hashable, Sendable {
    package let rawValue: Int

    package init(rawValue: Int) { self.rawValue = rawValue }

    /// It waited for a node.
    package static let queued = RequestFlags(rawValue: 1)
    /// Pings of ours went out before the first content.
    package static let pinged = RequestFlags(rawValue: 2)
    /// The stream broke after content had gone out.
    package static let broken = RequestFlags(rawValue: 4)
    /// It went to the node that its session sticks to.
    package static let sticky = RequestFlags(rawValue: 8)
    /// The node's own figures of usage contradict each other.
    package static let usageDoubtful = RequestFlags(rawValue: 16)
    /// Batch prices apply.
    package static let batch = RequestFlags(rawValue: 32)
    /// Set by the ledger: sums count it under `other` instead of its model's name.
    static let countedAsOther = RequestFlags(rawValue: 64)
    /// The tiers that providers name besides the standard one and batches.
    package static let flex = RequestFlags(rawValue: 128)
    package static let fast = RequestFlags(rawValue: 256)
    package static let priority = RequestFlags(rawValue: 512)
    package static let otherTier = RequestFlags(rawValue: 1_024)
    /// Why no further node was tried: the retry budget was used up, …
    package static let retryBudgetSpent = RequestFlags(rawValue: 2_048)
    /// … it had had all its tries, …
    package static let triesSpent = RequestFlags(rawValue: 4_096)
    /// … it was too late for another one, …
    package static let tooLate = RequestFlags(rawValue: 8_192)
    /// … no other node could take it, …
    package static let noOtherNode = RequestFlags(rawValue: 16_384)
    /// … what it asked for must not be asked twice.
    package static let notRepeatable = RequestFlags(rawValue: 32_768)
}

/// How a request ended.
package struct RequestClosing: Hashable, Sendable {
    /// Any but `open`.
    package var status: RequestStatus
    /// What the client got; nil when it left before.
    package var httpStatus: Int?
    /// Our own code or the upstream's, up to 64 bytes.
    package var code: String?
    package var attempts: Int
    package var firstByteMilliseconds: Int64?
    package var durationMilliseconds: Int64
    /// Nil when nothing was reported, and for what is never charged (`count_tokens`, `models`).
    package var usage: PricedTokens?
    package var flags: RequestFlags
    /// Whose answer the client got.
    package var node: NodeID?
    /// What that node was asked for.
    package var mappedModel: String?
    /// `inference_geo`, up to 16 bytes.
    package var geo: String?

    package init(
        status: RequestStatus, httpStatus: Int?, code: String? = nil, attempts: Int, firstByteMilliseconds: Int64? = nil,
        durationMilliseconds: Int64, usage: PricedTokens? = nil, flags: RequestFlags = [], node: NodeID? = nil, mappedModel: String? = nil,
        geo: String? = nil
    ) {
        self.status = status
        self.httpStatus = httpStatus
        self.code = code
        self.attempts = attempts
        self.firstByteMilliseconds = firstByteMilliseconds
        self.durationMilliseconds = durationMilliseconds
        self.usage = usage
        self.flags = flags
        self.node = node
        self.mappedModel = mappedModel
        self.geo = geo
    }
}
