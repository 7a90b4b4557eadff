import Crypto
import Vocabulary

/// What may leave the house. By kind, not by looking for secrets: what is not known to be harmless stays here.
struct Redaction: Sendable {
    /// New for each bundle and never kept: the same name has the same alias within one bundle, and means nothing in another.
    private let key = SymmetricKey(size: .bits256)

    /// Like `node-3f9a2c41`.
    func alias(_ kind: String, _ name: String) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: Array(name.utf8), using: key)
        return kind + "-" + code.prefix(4).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// Fields of log records whose values are words of ours.
    private static let harmlessFields: Set<String> = [
        "code", "decision", "ending", "health", "job", "kind", "level", "method", "outcome", "part", "reason.code", "signal", "stage",
        "state",
        "status",
    ]

    /// The message, which is a constant of the program, and of its fields those that are numbers, identifiers of ours, or words of ours.
    func record(_ text: String) -> String {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        guard let first = words.firstIndex(where: Self.isField) else { return Self.message(words[...]) }
        let fields = words[first...].map { word -> String in
            guard Self.isField(word), let equals = word.firstIndex(of: "=") else { return "" }
            let (name, value) = (String(word[..<equals]), word[word.index(after: equals)...])
            return "\(name)=\(isHarmless(value, of: name) ? String(value) : "…")"
        }
        return ([Self.message(words[..<first])] + fields.filter { !$0.isEmpty }).joined(separator: " ")
    }

    private static func message(_ words: ArraySlice<Substring>) -> String {
        words.joined(separator: " ").clipped(to: 200)
    }

    private static func isField(_ word: Substring) -> Bool {
        guard let equals = word.firstIndex(of: "="), equals > word.startIndex else { return false }
        return word[..<equals].allSatisfy { ($0.isLetter && $0.isASCII) || "._-".contains($0) || ($0.isNumber && $0.isASCII) }
    }

    private func isHarmless(_ value: Substring, of name: String) -> Bool {
        if value.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == "." || $0 == "-") }) { return value.count < 20 }
        guard value.utf8.count <= 40, value.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }) else {
            return false
        }
        return Self.harmlessFields.contains(name)
    }

    /// A page of figures with names of people's choosing under aliases.
    func figures(_ page: String) -> String {
        page.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            ["workspace", "node"].reduce(String(line)) { hidden($0, label: $1) }
        }.joined(separator: "\n")
    }

    private func hidden(_ line: String, label: String) -> String {
        let mark = label + "=\""
        guard !line.hasPrefix("#"), let start = line.firstRange(of: mark)?.upperBound else { return line }
        var end = start
        var isEscaped = false
        while end < line.endIndex, isEscaped || line[end] != "\"" {
            isEscaped = !isEscaped && line[end] == "\\"
            end = line.index(after: end)
        }
        return String(line[..<start]) + alias(label, String(line[start..<end])) + String(line[end...])
    }
}
