/// Reads what a batch asks for as it passes, cut anywhere: each of its requests by itself, so that a batch of any size costs the memory of one.
package struct BatchRequests {
    package enum Form: Sendable {
        /// Anthropic's: one object, in it a list of requests with `params`.
        case list
        /// OpenAI's input file: JSON Lines, each with a `body`.
        case lines
    }

    /// Bytes of one request (vendors' limit for one that is sent by itself).
    package static let itemLimit = 32 << 20

    /// Why the batch can't be read; nothing more is read then.
    package private(set) var fault: RequestScanError?
    private let form: Form
    private var item: [UInt8] = []
    private var isInItem = false
    private var isInText = false
    private var isEscaped = false
    /// Containers that are open, of a list.
    private var depth = 0
    private var isEmpty = true

    package init(_ form: Form) {
        self.form = form
    }

    /// Tells each request that ends in the chunk, with an estimate of its input in tokens.
    package mutating func read(_ chunk: UnsafeRawBufferPointer, _ tell: (RequestScan, _ inputTokens: Int) -> Void) {
        if !chunk.isEmpty { isEmpty = false }
        switch form {
        case .list: readList(chunk, tell)
        case .lines: readLines(chunk, tell)
        }
    }

    /// All has come: the last line may have no end of its own.
    package mutating func finish(_ tell: (RequestScan, _ inputTokens: Int) -> Void) {
        switch form {
        case .list: if isEmpty || depth != 0 || isInText { fault = fault ?? .malformed }
        case .lines: endItem(tell)
        }
    }

    private mutating func readLines(_ chunk: UnsafeRawBufferPointer, _ tell: (RequestScan, Int) -> Void) {
        var at = 0
        while at < chunk.count, fault == nil {
            let end = chunk.first(from: at, marks: ByteWord.lineEnds) { $0 == 0x0A || $0 == 0x0D }
            keep(chunk.slice(at, end))
            if end < chunk.count { endItem(tell) }
            at = end + 1
        }
    }

    /// The requests are the objects in the lists of the outermost object, under whatever name: that is the provider's to judge.
    private mutating func readList(_ chunk: UnsafeRawBufferPointer, _ tell: (RequestScan, Int) -> Void) {
        var at = 0
        var from = 0
        while at < chunk.count, fault == nil {
            if isEscaped {
                isEscaped = false
            } else if isInText {
                at = chunk.first(from: at, marks: ByteWord.stringMarks) { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }
                if at < chunk.count { readText(chunk[at]) }
            } else {
                at = chunk.first(from: at, marks: ByteWord.structure) { _ in true }
                guard at < chunk.count else { break }
                if depth == 2, chunk[at] == UInt8(ascii: "{") { (from, isInItem) = (at, true) }
                readStructure(chunk[at])
                if isInItem, depth == 2, !isInText {
                    keep(chunk.slice(from, at + 1))
                    endItem(tell)
                }
            }
            at += 1
        }
        if isInItem { keep(chunk.slice(from, chunk.count)) }
    }

    private mutating func readText(_ byte: UInt8) {
        if byte == UInt8(ascii: "\"") { isInText = false }
        if byte == UInt8(ascii: "\\") { isEscaped = true }
    }

    private mutating func readStructure(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): isInText = true
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            depth += 1
            if depth > JSONCursor.depthLimit { fault = .tooDeep }
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            depth -= 1
            if depth < 0 { fault = .malformed }
        default: break
        }
    }

    private mutating func keep(_ bytes: UnsafeRawBufferPointer) {
        guard item.count + bytes.count <= Self.itemLimit else { return fault = fault ?? .itemTooLarge }
        item.append(contentsOf: bytes)
    }

    private mutating func endItem(_ tell: (RequestScan, Int) -> Void) {
        isInItem = false
        defer { item.removeAll(keepingCapacity: item.capacity <= 1 << 20) }
        guard fault == nil, item.contains(where: { $0 > 0x20 }) else { return }
        do throws(RequestScanError) {
            guard let (scan, tokens) = try Self.request(in: item, form) else { return }
            tell(scan, tokens)
        } catch { fault = error }
    }

    /// Nil where there is none: the provider refuses such an item by itself.
    private static func request(in item: [UInt8], _ form: Form) throws(RequestScanError) -> (RequestScan, Int)? {
        try item.withUnsafeBytes { bytes in
            Result { () throws(RequestScanError) in
                guard let found = try range(of: form == .list ? "params" : "body", in: bytes) else { return nil }
                let request = bytes.slice(found.lowerBound, found.upperBound)
                do throws(RequestScanError) {
                    let scan = try RequestScan(request)
                    return (scan, TokenEstimate.inputTokens(of: request, scan: scan))
                } catch {
                    // Some of a batch's requests need none (moderations).
                    guard error == .modelMissing else { throw error }
                    return (RequestScan(), TokenEstimate.inputTokens(of: request, scan: nil))
                }
            }
        }.get()
    }

    private static func range(of member: StaticString, in item: UnsafeRawBufferPointer) throws(RequestScanError) -> Range<Int>? {
        var cursor = JSONCursor(item)
        var found: Range<Int>?
        do throws(JSONFault) {
            cursor.skipSpace()
            guard try cursor.entersObject() else { return nil }
            while let name = try cursor.nextName() {
                let isWanted = cursor.says(name, member)
                let start = cursor.position
                try cursor.skip()
                guard isWanted else { continue }
                // Readers differ in which one of two counts.
                if found != nil { throw .malformed }
                found = start..<cursor.position
            }
            guard cursor.isAtEnd() else { throw .malformed }
        } catch { throw RequestScanError(error) }
        return found
    }
}
