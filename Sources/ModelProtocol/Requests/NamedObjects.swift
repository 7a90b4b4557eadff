/// Ids in the members of a body that vendors keep for them: what a provider would fetch for whoever names it.
struct NamedObjects {
    private static let idLimit = 128

    private(set) var ids: Set<String> = []

    /// A member at any depth, with the cursor on its value. True: it was walked over.
    ///
    /// What a tool is called with, and what it may be called with, is its application's own: ids in there are not the provider's.
    mutating func takes(_ name: JSONString, _ cursor: inout JSONCursor) throws(JSONFault) -> Bool {
        switch cursor.byte {
        case UInt8(ascii: "\"") where Self.namesOne(name, cursor): try note(&cursor)
        case UInt8(ascii: "\"") where cursor.says(name, "skill_id"): try note(&cursor, onlyIDs: true)
        case UInt8(ascii: "[") where cursor.says(name, "file_ids") || cursor.says(name, "vector_store_ids"): try noteAll(&cursor)
        case UInt8(ascii: "{") where cursor.says(name, "input") || cursor.says(name, "parameters"),
            UInt8(ascii: "{") where cursor.says(name, "input_schema"):
            try cursor.skip()
        default: return false
        }
        return true
    }

    private static func namesOne(_ name: JSONString, _ cursor: JSONCursor) -> Bool {
        cursor.says(name, "file_id") || cursor.says(name, "container") || cursor.says(name, "container_id")
    }

    private mutating func noteAll(_ cursor: inout JSONCursor) throws(JSONFault) {
        try cursor.enterArray()
        while try cursor.nextElement() { try note(&cursor) }
    }

    /// A text that is too long for an id is nobody's: it stands for itself in the set.
    /// - Parameter onlyIDs: the vendor has names of its own there, too, which are no ids.
    mutating func note(_ cursor: inout JSONCursor, onlyIDs: Bool = false) throws(JSONFault) {
        guard cursor.byte == UInt8(ascii: "\"") else { return try cursor.skip() }
        let text = try cursor.textValue(limit: Self.idLimit) ?? " "
        guard !text.isEmpty, ids.count <= ObjectReferences.limit, !onlyIDs || ObjectReferences.isID(text) else { return }
        ids.insert(text)
    }
}
