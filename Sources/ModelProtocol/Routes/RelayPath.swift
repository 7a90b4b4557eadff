/// A path below `/v1/` in its segments, which are all there, not dots, and at most eight.
struct RelayPath {
    static let lengthLimit = 1_024
    let segments: [Substring]

    /// Nil when the path is too long, has an empty or a dot segment, or is not below `/v1/`.
    init?(_ path: Substring) {
        guard path.utf8.count <= Self.lengthLimit, path.utf8.starts(with: "/v1/".utf8) else { return nil }
        let parts = path.utf8.dropFirst(4).split(separator: UInt8(ascii: "/"), maxSplits: 8, omittingEmptySubsequences: false).map(
            Substring.init)
        guard parts.count <= 8, parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }) else { return nil }
        segments = parts
    }

    var count: Int { segments.count }
    var first: Substring? { segments.first }
    var second: Substring? { segment(1) }
    var third: String? { segment(2).map(String.init) }
    var fourth: Substring? { segment(3) }

    private func segment(_ index: Int) -> Substring? {
        index < segments.count ? segments[index] : nil
    }

    /// No escapes and nothing else that a node might read in another way than we do.
    var isPlain: Bool {
        segments.allSatisfy { $0.utf8.allSatisfy { Self.isLetterOrDigit($0) || "._~:@+=,-".utf8.contains($0) } }
    }

    /// Ids of batches and files: they become keys of the owner map.
    static func isObjectID(_ id: some StringProtocol) -> Bool {
        (1...128).contains(id.utf8.count)
            && id.utf8.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") }
    }

    /// What follows `models/`: some ids have slashes, escaped or not.
    var modelID: String? {
        guard let bytes = Self.unescaped(segments.dropFirst().joined(separator: "/")), (1...256).contains(bytes.count) else { return nil }
        guard bytes.allSatisfy({ Self.isLetterOrDigit($0) || "._:@/+-".utf8.contains($0) }) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func unescaped(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var rest = Substring(text).utf8
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else { bytes.append(byte); continue }
            guard let high = rest.popFirst().flatMap(HexDigit.value), let low = rest.popFirst().flatMap(HexDigit.value) else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: false
        }
    }
}
