package import Routing
package import Storage
package import Vocabulary

/// What was asked, used and paid: the questions that people and the budgets ask of the ledger. It knows what has reached the database, which
/// is at most a quarter of a second behind unless `Ledger.lag` says otherwise.
package struct Usage: Sendable {
    let database: any Database
    let pricing: any UsagePricing
    /// Of this instance: what is not in the database yet.
    private let ledger: Ledger?

    package init(database: any Database, pricing: any UsagePricing, ledger: Ledger? = nil) {
        self.database = database
        self.pricing = pricing
        self.ledger = ledger
    }

    /// Returns once all that was booked here before the call can be read; after two seconds in any case.
    func catchUp() async {
        await ledger?.waitUntilMoved(patience: .seconds(2))
    }
}

/// An id and the name that people gave to what it stands for.
package struct Named<ID: Hashable & Sendable>: Hashable, Sendable {
    package let id: ID
    /// The id's own text where the thing is gone.
    package let name: String

    init(id: ID, name: String?) {
        self.id = id
        self.name = name ?? "\(id)"
    }
}

/// Which requests a list shows; what is nil doesn't matter.
package struct RequestFilter: Hashable, Sendable {
    /// The one that its client was told of as `x-request-id`.
    package var id: ULID?
    package var key: KeyID?
    /// The node whose answer the client got.
    package var node: NodeID?
    /// As the client named it, exactly.
    package var model: String?
    package var status: RequestStatus?
    /// From this moment on.
    package var from: Timestamp?
    /// Before this moment.
    package var to: Timestamp?

    package init(
        id: ULID? = nil, key: KeyID? = nil, node: NodeID? = nil, model: String? = nil, status: RequestStatus? = nil, from: Timestamp? = nil,
        to: Timestamp? = nil
    ) {
        self.id = id
        self.key = key
        self.node = node
        self.model = model
        self.status = status
        self.from = from
        self.to = to
    }
}

/// One request, as lists show it.
package struct RequestSummary: Hashable, Sendable {
    package let id: ULID
    package var at: Timestamp { id.time }
    package let key: Named<KeyID>?
    package let operation: String
    package let model: String
    package let mappedModel: String?
    package let isStream: Bool
    package let status: RequestStatus
    package let httpStatus: Int?
    package let code: String?
    package let node: Named<NodeID>?
    package let attempts: Int
    package let firstByteMilliseconds: Int64?
    package let durationMilliseconds: Int64?
    /// Nil when none was reported.
    package let usage: PricedTokens?
    /// Nano-dollars; nil when there was nothing to pay for, or no price.
    package let cost: Int64?
    /// There was usage and no price for it.
    package let isUnpriced: Bool
}

/// One request with all that is known of it.
package struct RequestDetail: Hashable, Sendable {
    package let summary: RequestSummary
    package let tries: [AttemptSummary]
    /// As it was billed; empty unless it has a cost.
    package let priceLines: [PriceLine]
    package let flags: RequestFlags
    package let geo: String?
    package let client: ClientFacts
}

/// One try of a request.
package struct AttemptSummary: Hashable, Sendable {
    package let number: Int
    package let node: Named<NodeID>
    package let mappedModel: String
    /// Why this node; nil: it was not written down then.
    package let reason: PickReason?
    package let at: Timestamp
    /// Nil while it runs.
    package let certainty: AttemptCertainty?
    package let outcome: String?
    package let httpStatus: Int?
    package let milliseconds: Int64?
    package let isChargeSuspected: Bool
    package let isNodeFault: Bool
}
