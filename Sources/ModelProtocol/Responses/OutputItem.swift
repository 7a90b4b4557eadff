/// One item of what a Responses answer puts out: a message, a call of a tool, a search.
struct OutputItem {
    /// Whether a user sees something of it before its first delta; messages and reasoning begin empty.
    private(set) var isVisible = true
    /// Where the provider has run code.
    private(set) var containerID: String?
    private var isCall = false
    private var hasFailed = false
    private var action = Action.search

    private enum Action {
        case search, other
    }

    /// A search of the provider's that is charged for. Opening a page that was found is not (OpenAI's guide to its web search tool).
    var isSearch: Bool { isCall && action == .search && !hasFailed }

    /// With the cursor on an object.
    init(_ cursor: inout JSONCursor) throws(JSONFault) {
        try cursor.enterObject()
        while let name = try cursor.nextName() {
            if cursor.says(name, "type"), cursor.byte == UInt8(ascii: "\"") {
                let type = try cursor.string()
                isVisible = !cursor.says(type, "message") && !cursor.says(type, "reasoning")
                isCall = cursor.says(type, "web_search_call")
            } else if cursor.says(name, "status"), cursor.byte == UInt8(ascii: "\"") {
                hasFailed = cursor.says(try cursor.string(), "failed")
            } else if cursor.says(name, "container_id") {
                containerID = try cursor.textValue(limit: ResponseFacts.wordLimit)
            } else if cursor.says(name, "action"), cursor.byte == UInt8(ascii: "{") {
                try readAction(&cursor)
            } else {
                try cursor.skip()
            }
        }
    }

    private mutating func readAction(_ cursor: inout JSONCursor) throws(JSONFault) {
        try cursor.enterObject()
        while let name = try cursor.nextName() {
            guard cursor.says(name, "type"), cursor.byte == UInt8(ascii: "\"") else { try cursor.skip(); continue }
            action = cursor.says(try cursor.string(), "search") ? .search : .other
        }
    }
}
