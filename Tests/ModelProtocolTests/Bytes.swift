import ModelProtocol
import TestSupport

/// Random breakage of bytes, the same for the same seed.
enum Mutation {
    private static let tokens = [
        "\"", "\\", "{", "}", "[", "]", ":", ",", "\\u00", "model", "\"model\":\"x\"", "\n\n", "\r", "data: ", "null", "-1", "1e9", "\u{0}",
        "é",
    ]

    static func applied(to bytes: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let at = Int.random(in: 0...bytes.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0 where at < bytes.count: bytes[at] = UInt8.random(in: 0...255, using: &random)
            case 1 where at < bytes.count: bytes.remove(at: at)
            case 2: bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 0...40, using: &random)))
            case 3:
                let from = Int.random(in: 0...bytes.count, using: &random)
                bytes.insert(contentsOf: Array(bytes[from..<min(bytes.count, from + 30)]), at: at)
            default: bytes.insert(contentsOf: Array((tokens.randomElement(using: &random) ?? "").utf8), at: at)
            }
        }
        return bytes
    }

    /// Where to cut `count` bytes.
    static func cuts(_ count: Int, _ random: inout SeededRandom) -> [Int] {
        (0..<Int.random(in: 0...6, using: &random)).map { _ in Int.random(in: 0...count, using: &random) }.sorted()
    }
}

extension [UInt8] {
    /// The pieces between `cuts`, empty ones too.
    func pieces(at cuts: [Int]) -> [[UInt8]] {
        zip([0] + cuts, cuts + [count]).map { Array(self[$0..<$1]) }
    }

    var text: String { String(decoding: self, as: UTF8.self) }
}
