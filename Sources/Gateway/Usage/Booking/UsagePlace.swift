import Vocabulary

/// One row of the hourly table. What a request lacks (key, node) is an empty text there, because NULLs are never equal and would make a new row
/// each time.
struct UsagePlace: Hashable {
    var workspace: ULID?
    var hour: Timestamp
    var key: ULID?
    var node: ULID?
    /// As the client named it, or `CountedModels.other`.
    var model: String
    /// As the node was asked for it: what the price was looked up by.
    var servedModel: String
}

extension UsagePlace {
    /// Where a request counts that ended so.
    init(_ opening: RequestOpening, _ closing: RequestClosing) {
        let isNamed = !closing.flags.contains(.countedAsOther)
        self.init(opening, node: closing.node?.ulid, served: closing.servedModel(of: opening), isNamed: isNamed)
    }

    /// Where a try of a request counts.
    init(_ opening: RequestOpening, _ attempt: AttemptOpening, isNamed: Bool) {
        self.init(opening, node: attempt.node.ulid, served: attempt.mappedModel, isNamed: isNamed)
    }

    private init(_ opening: RequestOpening, node: ULID?, served: String, isNamed: Bool) {
        self.init(
            workspace: opening.workspace.ulid, hour: opening.id.hour, key: opening.key?.ulid, node: node,
            model: isNamed ? opening.model : CountedModels.other, servedModel: isNamed ? served : CountedModels.other)
    }
}
