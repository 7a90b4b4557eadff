/// Arguments for many runs of one statement, a row for each run, side by side in memory.
///
/// For the writers of many rows: an array of `SQLValue` with a string for every text cost more than the engine's own work on the row.
package struct SQLRows: Sendable {
    package enum Cell: Hashable {
        case null
        case integer(Int64)
        /// Where it lies in `bytes`.
        case text(start: Int, count: Int)
    }

    /// Values in a row.
    package let width: Int
    /// Row by row.
    package private(set) var cells: [Cell] = []
    /// The texts, UTF-8.
    package private(set) var bytes: [UInt8] = []

    package init(width: Int) {
        self.width = max(1, width)
    }

    package var isEmpty: Bool { cells.isEmpty }

    /// How many rows there are, the last of which may lack values.
    package var count: Int { (cells.count + width - 1) / width }

    /// Makes room for `rows` more, with `text` bytes of text in each.
    package mutating func reserve(_ rows: Int, text: Int) {
        cells.reserveCapacity(cells.count + rows * width)
        bytes.reserveCapacity(bytes.count + rows * text)
    }

    package mutating func addNull() {
        cells.append(.null)
    }

    package mutating func add(_ number: Int64) {
        cells.append(.integer(number))
    }

    package mutating func add(_ number: Int64?) {
        cells.append(number.map { .integer($0) } ?? .null)
    }

    package mutating func add(_ flag: Bool) {
        cells.append(.integer(flag ? 1 : 0))
    }

    package mutating func add(_ text: String) {
        var text = text
        text.withUTF8 { add($0) }
    }

    package mutating func add(_ text: String?) {
        guard let text else { return addNull() }
        add(text)
    }

    /// A text that `body` appends, UTF-8, to the bytes it is given.
    package mutating func add(writing body: (inout [UInt8]) -> Void) {
        let start = bytes.count
        body(&bytes)
        cells.append(.text(start: start, count: max(0, bytes.count - start)))
    }

    /// A text that the row above has in the same place is kept once, and so isn't given to the engine again.
    private mutating func add(_ text: UnsafeBufferPointer<UInt8>) {
        if cells.count >= width, case .text(let start, let count) = cells[cells.count - width], count == text.count,
            bytes.withUnsafeBytes({ $0.holds(UnsafeRawBufferPointer(text), at: start) })
        {
            cells.append(.text(start: start, count: count))
            return
        }
        cells.append(.text(start: bytes.count, count: text.count))
        bytes.append(contentsOf: text)
    }
}

extension UnsafeRawBufferPointer {
    /// Whether the same bytes lie here at `start`, eight at a time: byte by byte this took longer than what it saves the engine.
    fileprivate func holds(_ other: UnsafeRawBufferPointer, at start: Int) -> Bool {
        guard start >= 0, other.count <= count - start else { return false }
        var at = 0
        while at + 8 <= other.count {
            guard loadUnaligned(fromByteOffset: start + at, as: UInt64.self) == other.loadUnaligned(fromByteOffset: at, as: UInt64.self)
            else {
                return false
            }
            at += 8
        }
        while at < other.count {
            guard self[start + at] == other[at] else { return false }
            at += 1
        }
        return true
    }
}
