import Vocabulary

/// Which requests came in within the same half minute (2¹⁵ ms), and what lists may ask of them.
///
/// Lists find their rows by `gateway_request_span`: a row there says that some request of this span has this key (node, model, status), and the
/// span's requests lie side by side by their ids. A batch writes a handful of such rows whatever the number of its requests, where an index
/// for each question cost an entry for every request. A row too many only costs a look at its span.
struct RequestSpan: Hashable {
    /// What a list is narrowed by.
    enum Facet: String {
        /// All requests of a workspace; the value is empty.
        case all
        case key, node, model, status
    }

    /// The first so many characters of an id: all of its time but the last 15 bits.
    static let length = 7

    /// What occurs in it.
    enum Value: Hashable {
        case all
        case key(ULID)
        case node(ULID)
        case model(String)
        case status(RequestStatus)
    }

    var workspace: ULID
    /// The first so many bits of an id.
    var number: UInt64
    var value: Value

    /// The text with which the ids of this span begin.
    var text: String { Self.text(of: ULID(time: Timestamp(milliseconds: Int64(number << 15)), randomness: (0, 0))) }

    static func number(of id: ULID) -> UInt64 { id.high >> 31 }
    static func text(of id: ULID) -> String { String(id.description.prefix(length)) }
}

extension RequestSpan.Value {
    var facet: RequestSpan.Facet {
        switch self {
        case .all: .all
        case .key: .key
        case .node: .node
        case .model: .model
        case .status: .status
        }
    }

    var text: String {
        switch self {
        case .all: ""
        case .key(let id), .node(let id): id.description
        case .model(let name): name
        case .status(let status): status.rawValue
        }
    }
}

/// The spans of a batch, each once.
struct RequestSpans {
    private(set) var all: Set<RequestSpan> = []
    /// What each request was added as: most are like an earlier one, which costs one look instead of five.
    private var seen: Set<Kind> = []

    private struct Kind: Hashable {
        var workspace: ULID
        var number: UInt64
        var key: ULID?
        var node: ULID?
        var model: String
        var status: RequestStatus?
    }

    mutating func add(_ opening: RequestOpening, _ closing: RequestClosing?) {
        add(opening.id, opening.workspace.ulid, key: opening.key?.ulid, node: closing?.node?.ulid, model: opening.model, closing?.status)
    }

    /// Requests of no workspace are in no list.
    mutating func add(_ refusal: RequestRefusal) {
        guard let workspace = refusal.workspace else { return }
        add(refusal.id, workspace.ulid, key: refusal.key?.ulid, node: nil, model: refusal.model, .refused)
    }

    /// - Parameter status: nil while it is open: those have an index of their own.
    private mutating func add(_ id: ULID, _ workspace: ULID, key: ULID?, node: ULID?, model: String, _ status: RequestStatus?) {
        let number = RequestSpan.number(of: id)
        let kind = Kind(workspace: workspace, number: number, key: key, node: node, model: model, status: status)
        guard seen.insert(kind).inserted else { return }
        let add = { (spans: inout Set<RequestSpan>, value: RequestSpan.Value) in
            _ = spans.insert(RequestSpan(workspace: workspace, number: number, value: value))
        }
        add(&all, .all)
        if let key { add(&all, .key(key)) }
        if let node { add(&all, .node(node)) }
        if !model.isEmpty { add(&all, .model(model)) }
        if let status { add(&all, .status(status)) }
    }
}
