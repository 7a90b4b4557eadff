/// Takes documentation out of scripts when they are loaded: visitors need not pay for it.
///
/// Works by whole lines and only on blocks that begin a line with `/**`, so that no string or template can be mistaken for a comment.
enum ScriptComments {
    static func stripped(_ source: String) -> String {
        var isInside = false
        let kept = source.split(separator: "\n", omittingEmptySubsequences: false).filter { line in
            let text = line.drop { $0 == " " || $0 == "\t" }
            if isInside {
                isInside = !text.hasSuffix("*/")
                return false
            }
            if text.hasPrefix("//") { return false }
            guard text.hasPrefix("/**") else { return true }
            if text.contains("*/") { return !text.hasSuffix("*/") }
            isInside = true
            return false
        }
        return kept.joined(separator: "\n")
    }
}
