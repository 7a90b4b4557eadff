/// The lines of one block so far. Values in the chunk at hand are only looked at; `keepViews` copies what the next chunk must still know.
struct EventBlock {
    private(set) var hasLines = false
    /// What is kept of the data once it is larger than the limit.
    private var sieve: JSONSieve?
    private var size = 0
    private var hasData = false
    private var name: [UInt8] = []
    private var data: [UInt8] = []
    /// Values in the chunk at hand; they never outlive the call of `read`.
    private var nameView: UnsafeRawBufferPointer?
    private var dataView: UnsafeRawBufferPointer?

    /// A line that is not blank. `length` is its true length: over `limit`, `line` is only a part of it and the block is large.
    @inline(__always)
    mutating func take(_ line: UnsafeRawBufferPointer, length: Int, limit: Int, isInChunk: Bool) {
        hasLines = true
        guard let first = line.first, first != UInt8(ascii: ":") else { return }
        size += length
        if size > limit, sieve == nil { beginSifting() }
        if first == UInt8(ascii: "d"), let value = Self.value(line, "data") {
            if sieve == nil { addData(value, isInChunk) } else { sieve?.read(value) }
        } else if first == UInt8(ascii: "e"), length <= limit, let value = Self.value(line, "event") {
            name.removeAll(keepingCapacity: true)
            nameView = isInChunk ? value : nil
            if !isInChunk { name.append(contentsOf: value) }
        }
    }

    /// The beginning of a line that is too long to be kept; false: it is no data, nobody needs its rest.
    mutating func takeLong(_ line: UnsafeRawBufferPointer) -> Bool {
        hasLines = true
        guard let value = Self.value(line, "data") else { return false }
        if sieve == nil { beginSifting() }
        sieve?.read(value)
        return true
    }

    /// The rest of such a line, as it comes.
    mutating func sift(_ part: UnsafeRawBufferPointer) { sieve?.read(part) }

    /// Tells the block and begins the next.
    @inline(__always)
    mutating func tell(end: Int, _ tell: (ServerSentEvent) -> Void) {
        if let sieve { return tellLarge(sieve, end: end, tell) }
        let kind: ServerSentEvent.Kind = hasData ? .event : .silent
        name.withUnsafeBytes { name in
            data.withUnsafeBytes { data in
                tell(ServerSentEvent(kind: kind, name: nameView ?? name, data: dataView ?? data, end: end))
            }
        }
        begin()
    }

    /// The chunk ends here.
    mutating func keepViews() {
        if let view = nameView { name.append(contentsOf: view) }
        if let view = dataView { data.append(contentsOf: view) }
        nameView = nil
        dataView = nil
    }

    private mutating func addData(_ value: UnsafeRawBufferPointer, _ isInChunk: Bool) {
        if !hasData, isInChunk {
            dataView = value
        } else {
            if let view = dataView { data.append(contentsOf: view) }
            dataView = nil
            if hasData { data.append(0x0A) }
            data.append(contentsOf: value)
        }
        hasData = true
    }

    private mutating func tellLarge(_ sieve: JSONSieve, end: Int, _ tell: (ServerSentEvent) -> Void) {
        let rest = sieve.isSpoilt ? [] : sieve.kept
        name.withUnsafeBytes { name in
            rest.withUnsafeBytes { rest in tell(ServerSentEvent(kind: .large, name: nameView ?? name, data: rest, end: end)) }
        }
        begin()
    }

    /// From here on only what matters of the data is kept.
    private mutating func beginSifting() {
        var sieve = JSONSieve(.event)
        data.withUnsafeBytes { sieve.read(dataView ?? $0) }
        self.sieve = sieve
        data = []
        dataView = nil
    }

    private mutating func begin() {
        if !name.isEmpty { name.removeAll(keepingCapacity: true) }
        // A large block's memory is not kept for the small ones that follow.
        if !data.isEmpty { data.removeAll(keepingCapacity: data.capacity <= 65_536) }
        nameView = nil
        dataView = nil
        hasLines = false
        hasData = false
        if sieve != nil { sieve = nil }
        size = 0
    }

    /// What follows `field:` and at most one space; nil when the line is another field. A field without a colon is empty.
    @inline(__always)
    private static func value(_ line: UnsafeRawBufferPointer, _ field: StaticString) -> UnsafeRawBufferPointer? {
        let length = field.utf8CodeUnitCount
        guard line.hasPrefix(field) else { return nil }
        guard line.count > length else { return line.slice(length, length) }
        guard line[length] == UInt8(ascii: ":") else { return nil }
        let hasSpace = line.count > length + 1 && line[length + 1] == UInt8(ascii: " ")
        return line.slice(length + (hasSpace ? 2 : 1), line.count)
    }
}
