import Vocabulary

/// One row of the hourly table. What a request lacks (key, node) is an empty text there, because NULLs are never equal and would make a new row
/// each time.
struct UsagePlace: Hashable {
    var workspace: ULID?
    var hour: Timestamp
    var key: ULID?
    var node: ULID?
    /// As the client named it.
    var model: String
    /// As the node was asked for it: what the price was looked up by.
    var servedModel: String
}
