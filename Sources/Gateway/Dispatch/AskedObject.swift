import ModelProtocol

/// A batch or file as a request asks for it.
struct AskedObject {
    enum Verb {
        case create, list, use, delete
    }

    let kind: ResourceOwners.Kind
    let id: String
    let verb: Verb
    /// The answer is the object itself, not its content.
    let isAnsweredByObject: Bool
    /// The answer is the results of a message batch.
    let holdsResults: Bool
    /// The answer is what a file holds.
    let isContent: Bool

    init?(_ operation: ModelOperation?) {
        switch operation {
        case .batches(let id, let action): self.init(.batch, id, action.rawValue)
        case .files(let id, let action): self.init(.file, id, action.rawValue)
        case .unknownV1(let path): self.init(path)
        default: return nil
        }
    }

    private init(_ path: ObjectPath) {
        kind = ResourceOwners.Kind(path.collection)
        id = path.id ?? ""
        holdsResults = false
        isContent = false
        switch path.verb {
        case .create: verb = .create
        case .list: verb = .list
        case .use: verb = .use
        case .delete: verb = .delete
        }
        // Of OpenAI's batches the object names the files that they have written.
        isAnsweredByObject = path.verb != .use || path.collection == "batches"
    }

    private init(_ kind: ResourceOwners.Kind, _ id: String?, _ action: String) {
        self.kind = kind
        self.id = id ?? ""
        verb = Self.verb(action)
        holdsResults = kind == .batch && action == "results"
        isContent = kind == .file && action == "content"
        isAnsweredByObject = action != "results" && action != "content"
    }

    private static func verb(_ action: String) -> Verb {
        switch action {
        case "create": .create
        case "list": .list
        case "delete": .delete
        default: .use
        }
    }
}
