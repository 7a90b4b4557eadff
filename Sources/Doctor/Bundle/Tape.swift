import CZlib

/// A tar archive (POSIX.1-1988 ustar) that is compressed as it grows.
final class Tape {
    private let file: gzFile
    private let time: Int64
    private(set) var bytes = 0

    /// - Parameter time: seconds since 1970, of every file in it.
    /// - Throws: `BundleError.notWritten`.
    init(path: String, time: Int64) throws(BundleError) {
        guard let file = gzopen(path, "wbe") else { throw .notWritten(path) }
        self.file = file
        self.time = time
    }

    /// - Parameter name: at most 100 bytes of ASCII.
    func add(_ name: String, _ content: [UInt8]) throws(BundleError) {
        try put(header(name, size: content.count))
        try put(content)
        let rest = content.count % 512
        if rest > 0 { try put([UInt8](repeating: 0, count: 512 - rest)) }
        bytes += content.count
    }

    /// Two empty blocks end the archive.
    func end() throws(BundleError) {
        try put([UInt8](repeating: 0, count: 1_024))
        guard gzclose(file) == Z_OK else { throw .notWritten("the archive") }
    }

    private func put(_ content: [UInt8]) throws(BundleError) {
        guard !content.isEmpty else { return }
        guard gzwrite(file, content, UInt32(clamping: content.count)) == Int32(clamping: content.count) else {
            throw .notWritten("the archive")
        }
    }

    private func header(_ name: String, size: Int) -> [UInt8] {
        var block = [UInt8](repeating: 0, count: 512)
        func set(_ text: String, at start: Int, most: Int) {
            for (offset, byte) in text.utf8.prefix(most).enumerated() { block[start + offset] = byte }
        }
        set(name, at: 0, most: 100)
        set("0000600", at: 100, most: 7)
        set("0000000", at: 108, most: 7)
        set("0000000", at: 116, most: 7)
        set(Self.octal(size, 11), at: 124, most: 11)
        set(Self.octal(Int(max(0, time)), 11), at: 136, most: 11)
        set("        ", at: 148, most: 8)
        set("0", at: 156, most: 1)
        set("ustar", at: 257, most: 5)
        set("00", at: 263, most: 2)
        let sum = block.reduce(0) { $0 + Int($1) }
        set(Self.octal(sum, 6) + "\0 ", at: 148, most: 8)
        return block
    }

    private static func octal(_ number: Int, _ width: Int) -> String {
        let digits = String(number, radix: 8)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

/// Why there is no bundle.
package enum BundleError: Error, CustomStringConvertible {
    case notWritten(String)

    package var code: String { "bundle.not_written" }

    package var description: String {
        switch self {
        case .notWritten(let path): "\(path) can't be written: is the folder there, and is there room?"
        }
    }
}
