/// The command line of a process as people may see it.
package enum CommandText {
    /// Characters that are kept; a longer one ends with "…".
    package static let limit = 120

    /// The arguments of `/proc/<pid>/cmdline`, parted by spaces.
    ///
    /// It goes to terminals and logs, and any process may call itself what it wants: control characters and marks that turn the direction
    /// of writing are taken out.
    package static func clean(_ bytes: some Sequence<UInt8>, limit: Int = limit) -> String {
        var bytes = Array(bytes.prefix(limit * 8))
        while bytes.last == 0 { bytes.removeLast() }
        let words = bytes.split(separator: 0, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
        return clean(words.joined(separator: " "), limit: limit)
    }

    /// One line, harmless, of at most `limit` scalars.
    package static func clean(_ text: String, limit: Int = limit) -> String {
        var kept = String.UnicodeScalarView()
        var count = 0
        for scalar in text.unicodeScalars where isHarmless(scalar) {
            guard count < limit else { return String(kept) + "…" }
            kept.append(scalar)
            count += 1
        }
        return String(kept)
    }

    private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20..<0x7F: true
        case ..<0xA0, 0x2028, 0x2029, 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069, 0xFEFF: false
        default: true
        }
    }
}
