import Routing
import Storage
import Vocabulary

/// Rows of `gateway_request` on their way into the database, in the order of `LedgerStore`'s columns.
struct LedgerRows {
    private(set) var rows: SQLRows
    // Most rows of a batch are of the same few.
    private var workspace = IDText()
    private var key = IDText()
    private var node = IDText()

    init(width: Int, for count: Int) {
        rows = SQLRows(width: width)
        rows.reserve(count, text: 240)
    }

    mutating func add(id: ULID) {
        rows.add(id.description)
    }

    /// A whole row.
    mutating func add(_ change: LedgerBatch.RequestChange) {
        add(change.opening)
        add(change.closing, change.bill)
        add(change.attempts, of: change.opening)
    }

    mutating func add(_ opening: RequestOpening) {
        add(id: opening.id)
        rows.add(workspace.text(of: opening.workspace.ulid))
        rows.add(key.text(of: opening.key?.ulid))
        rows.add(opening.operation)
        rows.add(opening.model)
        rows.add(opening.isStream)
        add(opening.client)
    }

    private mutating func add(_ client: ClientFacts) {
        rows.add(client.agent)
        rows.add(client.address)
        rows.add(client.session)
    }

    /// What is known at its end; `closing` nil while it is open.
    mutating func add(_ closing: RequestClosing?, _ bill: RequestBill) {
        rows.add(closing?.status.rawValue ?? RequestStatus.open.rawValue)
        add(closing?.httpStatus)
        rows.add(closing?.code)
        rows.add(node.text(of: closing?.node?.ulid))
        rows.add(closing?.mappedModel)
        rows.add(Int64(closing?.attempts ?? 0))
        add(milliseconds: closing?.firstByteMilliseconds)
        add(milliseconds: closing?.durationMilliseconds)
        add(closing?.usage)
        add(bill)
        rows.add(Int64(closing?.flags.rawValue ?? 0))
        rows.add(closing?.geo)
    }

    private mutating func add(_ usage: PricedTokens?) {
        rows.add(usage?.input)
        rows.add(usage?.output)
        rows.add(usage?.cacheRead)
        rows.add(usage?.cacheWrite5m)
        rows.add(usage?.cacheWrite1h)
        rows.add(usage?.webSearches)
    }

    private mutating func add(_ bill: RequestBill) {
        rows.add(bill.cost)
        rows.add(bill == .unpriced)
        guard case .priced(let lines) = bill else { return rows.addNull() }
        rows.add { RequestBill.write(lines, to: &$0) }
    }

    mutating func add(_ attempts: [OpenAttempt], of opening: RequestOpening) {
        rows.add { AttemptText.write(attempts, of: opening, to: &$0) }
    }

    mutating func add(_ refusal: RequestRefusal) {
        add(id: refusal.id)
        rows.add(workspace.text(of: refusal.workspace?.ulid))
        rows.add(key.text(of: refusal.key?.ulid))
        rows.add(refusal.operation)
        rows.add(refusal.model)
        rows.add(false)
        add(refusal.client)
        rows.add(RequestStatus.refused.rawValue)
        add(refusal.httpStatus)
        rows.add(refusal.code)
    }

    private mutating func add(_ number: Int?) {
        rows.add(number.map(Int64.init))
    }

    /// A time that nobody measured is below 0 in the journal and NULL here.
    private mutating func add(milliseconds: Int64?) {
        rows.add(milliseconds.flatMap { $0 < 0 ? nil : $0 })
    }
}

/// The text of an id, made anew only when it is another one.
private struct IDText {
    private var id: ULID?
    private var text = ""

    mutating func text(of id: ULID?) -> String? {
        guard let id else { return nil }
        if id != self.id { (self.id, text) = (id, id.description) }
        return text
    }
}
