import Crypto
import Storage

/// How many rows a table has and what they are, whatever their order: engines sort text differently, and a sum can go on where it stopped.
///
/// The SHA-256 of each row, added up as four numbers: against mistakes, not against somebody who could choose the rows.
struct RowSum: Hashable, Sendable, CustomStringConvertible {
    private(set) var rows = 0
    private var words: [UInt64] = [0, 0, 0, 0]

    init() {}

    mutating func add(_ row: Row) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(256)
        for value in row.values { Self.append(value, to: &bytes) }
        rows += 1
        SHA256.hash(data: bytes).withUnsafeBytes { digest in
            for index in words.indices {
                words[index] &+= digest.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self)
            }
        }
    }

    /// `rows:word.word.word.word` in hexadecimal.
    var description: String { "\(rows):" + words.map { String($0, radix: 16) }.joined(separator: ".") }

    init?(_ text: String) {
        let parts = text.split(separator: ":")
        guard text.utf8.count <= 100, parts.count == 2, let rows = Int(parts[0]), rows >= 0 else { return nil }
        let words = parts[1].split(separator: ".").compactMap { UInt64($0, radix: 16) }
        guard words.count == 4 else { return nil }
        (self.rows, self.words) = (rows, words)
    }

    /// Kind, length and bytes of each value, so that no two rows read alike. A number without fraction is the same in every kind of column.
    private static func append(_ value: SQLValue, to bytes: inout [UInt8]) {
        switch value {
        case .null: bytes.append(0)
        case .integer(let number): append(1, UInt64(bitPattern: number), &bytes)
        case .real(let number):
            if let whole = Int64(exactly: number) {
                append(1, UInt64(bitPattern: whole), &bytes)
            } else {
                append(2, number.bitPattern, &bytes)
            }
        case .text(let text):
            append(3, UInt64(text.utf8.count), &bytes)
            bytes.append(contentsOf: text.utf8)
        case .blob(let blob):
            append(4, UInt64(blob.count), &bytes)
            bytes.append(contentsOf: blob)
        }
    }

    private static func append(_ kind: UInt8, _ number: UInt64, _ bytes: inout [UInt8]) {
        bytes.append(kind)
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }
}
