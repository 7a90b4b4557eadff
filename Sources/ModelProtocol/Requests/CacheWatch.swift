/// Looks at all members of a body that are skipped for what matters at any depth: cache breakpoints, media, and what the provider keeps.
///
/// A member of a tool's own data that is called `cache_control` counts too: at worst a session sticks to its node for an hour.
struct CacheWatch: JSONWatcher {
    /// What is left out of the fingerprint. Requests have four breakpoints at most (vendor's limit); more than this many stay in.
    static let rangeLimit = 32
    /// Shorter strings named `data` or `url` are text, in bytes.
    static let mediaMinimum = 1_024

    private(set) var life = CacheLife.none
    /// Of each `cache_control` and its comma, in the order of the body.
    private(set) var ranges: [Range<Int>] = []
    private(set) var mediaCount = 0
    private(set) var mediaBytes = 0
    var objects = NamedObjects()

    @inline(__always)
    mutating func takes(_ name: JSONString, _ cursor: inout JSONCursor) throws(JSONFault) -> Bool {
        if name.hasEscapes { return try objects.takes(name, &cursor) }
        switch name.end &- name.start {
        case 13 where cursor.raw(name).equals("cache_control"):
            try cacheControl(name, &cursor)
            return true
        case 4 where cursor.byte == UInt8(ascii: "\"") && cursor.raw(name).equals("data"),
            3 where cursor.byte == UInt8(ascii: "\"") && cursor.raw(name).equals("url"):
            try media(&cursor)
            return true
        case 5, 7, 8, 9, 10, 12, 16: return try objects.takes(name, &cursor)
        default: return false
        }
    }

    /// The value of a `cache_control`: `{"type":"ephemeral","ttl":"1h"}`, or null for none.
    mutating func cacheControl(_ name: JSONString, _ cursor: inout JSONCursor) throws(JSONFault) {
        let comma = cursor.commaBeforeName
        if try cursor.entersObject() {
            life = max(life, .fiveMinutes)
            while let name = try cursor.nextName() {
                guard cursor.says(name, "ttl"), cursor.byte == UInt8(ascii: "\"") else { try cursor.skip(); continue }
                let ttl = try cursor.string()
                if cursor.says(ttl, "1h") { life = .oneHour }
            }
        }
        leaveOut(from: comma ?? name.start - 1, takesNextComma: comma == nil, cursor)
    }

    private mutating func leaveOut(from start: Int, takesNextComma: Bool, _ cursor: JSONCursor) {
        guard ranges.count < Self.rangeLimit else { return }
        let hasComma = takesNextComma && cursor.byte == UInt8(ascii: ",")
        ranges.append(start..<cursor.position + (hasComma ? 1 : 0))
    }

    private mutating func media(_ cursor: inout JSONCursor) throws(JSONFault) {
        let string = try cursor.string()
        guard string.end - string.start >= Self.mediaMinimum else { return }
        mediaCount += 1
        mediaBytes += string.end - string.start
    }
}
