/// A JSON value as a hostile client may send it: parsed by `JSONReader` within limits, read by total accessors.
package enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)
}

/// The members of an object in the order they came; names are unique.
package struct JSONObject: Hashable, Sendable {
    package struct Member: Hashable, Sendable {
        package let name: String
        package let value: JSONValue
    }

    package private(set) var members: [Member] = []

    package init() {}

    /// The value of `name`; a member that is `null` counts as absent.
    package subscript(_ name: String) -> JSONValue? {
        // Frames have about ten members: a scan is quicker than a dictionary and takes no hashing of hostile names.
        for member in members where member.name == name {
            return member.value == .null ? nil : member.value
        }
        return nil
    }

    /// False when the name is already there.
    mutating func append(_ name: String, _ value: JSONValue) -> Bool {
        guard !members.contains(where: { $0.name == name }) else { return false }
        members.append(Member(name: name, value: value))
        return true
    }
}
