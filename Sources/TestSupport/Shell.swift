#if canImport(Glibc)
    import Glibc
#endif

/// Programs that tests need the end of.
///
/// By `popen`: Foundation's `Process` was seen to crash in its `run` (a read beyond a page, in `memcpy`) where many were started at once in a
/// process with many sockets.
package enum Shell {
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// Runs `words` to the end.
    /// - Returns: what it wrote on both of its outputs.
    /// - Throws: `Failure` when it ended otherwise than with 0.
    @discardableResult
    package static func run(_ words: String...) throws -> String {
        try run(words)
    }

    @discardableResult
    package static func run(_ words: [String]) throws -> String {
        guard let stream = popen(words.map(quoted).joined(separator: " ") + " </dev/null 2>&1", "r") else {
            throw Failure(description: "\(words.first ?? ""): could not be started")
        }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 4_096)
        while case let count = fread(&part, 1, part.count, stream), count > 0 { bytes += part.prefix(count) }
        let status = pclose(stream)
        let text = String(decoding: bytes, as: UTF8.self)
        guard status == 0 else { throw Failure(description: "\(words.first ?? "") ended with \(status): \(text)") }
        return text
    }

    private static func quoted(_ word: String) -> String {
        "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
    }
}
