import Vocabulary

// A new bell is a case in `Bell`, a word here, and a line in each of the two switches: the compiler names what is missing.

extension Bell {
    /// Bytes of the longest text that is read, or sent.
    package static let longestText = 1_024

    /// The first word of each bell's text. Stable: instances of two releases speak to each other.
    package enum Word: String, Hashable, Sendable, CaseIterable {
        case sessionEnded = "session-ended"
        case memberChanged = "member-changed"
        case shopClosed = "shop-closed"
        case feedMoved = "feed-moved"
        case receiptMoved = "receipt-moved"
        case typing
        case presenceChanged = "presence-changed"
        case keysChanged = "keys-changed"
        case nodesChanged = "nodes-changed"
        case standingsChanged = "standings-changed"
        case pricesChanged = "prices-changed"
        case settingsChanged = "settings-changed"
        case budgetMoved = "budget-moved"
        case lookAgain = "look-again"
    }

    /// How another process is told: a word and its fields, parted by spaces.
    package var text: String {
        switch self {
        case .sessionEnded(let session): Self.text(.sessionEnded, session)
        case .memberChanged(let member): Self.text(.memberChanged, member)
        case .shopClosed(let shop): Self.text(.shopClosed, shop)
        case .feedMoved(let workspace, let number): Self.text(.feedMoved, workspace, number)
        case .receiptMoved(let workspace, let number): Self.text(.receiptMoved, workspace, number)
        case .typing(let typing):
            Self.text(.typing, typing.conversation, typing.customer, typing.by, typing.isOn ? 1 : 0, typing.connection, typing.name)
        case .presenceChanged(let instance): Self.text(.presenceChanged, instance)
        case .keysChanged(let workspace): Self.text(.keysChanged, workspace)
        case .nodesChanged: Self.text(.nodesChanged)
        case .standingsChanged: Self.text(.standingsChanged)
        case .pricesChanged: Self.text(.pricesChanged)
        case .settingsChanged: Self.text(.settingsChanged)
        case .budgetMoved: Self.text(.budgetMoved)
        case .lookAgain: Self.text(.lookAgain)
        }
    }

    /// Reads what `text` wrote, from whoever may write to the channel. Nil for everything else, and for what only a newer release knows;
    /// fields that such a release has added at the end are passed over.
    package init?(text: String) {
        guard text.utf8.count <= Self.longestText else { return nil }
        var fields = BellFields(text)
        guard let word = fields.text().flatMap(Word.init(rawValue:)), let bell = Self.read(word, &fields) else { return nil }
        self = bell
    }

    private static func read(_ word: Word, _ fields: inout BellFields) -> Bell? {
        switch word {
        case .sessionEnded: fields.identifier().map(Bell.sessionEnded)
        case .memberChanged: fields.identifier().map(Bell.memberChanged)
        case .shopClosed: fields.identifier().map(Bell.shopClosed)
        case .feedMoved: both(fields.identifier(), fields.number()).map { .feedMoved($0, $1) }
        case .receiptMoved: both(fields.identifier(), fields.number()).map { .receiptMoved($0, $1) }
        case .typing: fields.typing().map(Bell.typing)
        case .presenceChanged: fields.identifier().map(Bell.presenceChanged)
        case .keysChanged: fields.identifier().map(Bell.keysChanged)
        case .nodesChanged: .nodesChanged
        case .standingsChanged: .standingsChanged
        case .pricesChanged: .pricesChanged
        case .settingsChanged: .settingsChanged
        case .budgetMoved: .budgetMoved
        case .lookAgain: .lookAgain
        }
    }

    private static func text(_ word: Word, _ fields: (any CustomStringConvertible)...) -> String {
        fields.reduce(into: word.rawValue) { $0 += " " + BellFields.escaped($1.description) }
    }

    private static func both<First, Second>(_ first: First?, _ second: Second?) -> (First, Second)? {
        guard let first, let second else { return nil }
        return (first, second)
    }
}

extension Bell.Person: CustomStringConvertible {
    /// `member:ID`, `customer:ID` or `system`.
    package var description: String {
        switch self {
        case .member(let member): "member:\(member)"
        case .customer(let customer): "customer:\(customer)"
        case .system: "system"
        }
    }

    /// Reads what `description` wrote.
    init?(text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        switch (parts.first, parts.dropFirst().first) {
        case ("member", let id?): if let member = MemberID(id) { self = .member(member) } else { return nil }
        case ("customer", let id?): if let customer = CustomerID(id) { self = .customer(customer) } else { return nil }
        case ("system", nil): self = .system
        default: return nil
        }
    }
}
