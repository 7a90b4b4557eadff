/// The model's turn, before any family's words: the same request always gets the same one.
struct Reply: Sendable {
    let thinking: String?
    let text: String
    let tool: (name: String, input: JSON)?
    let usage: Usage

    init(node: String, to asked: Asked) {
        thinking = asked.wantsThinking ? "The text has \(asked.text.count) characters. 我来回答。" : nil
        tool = asked.wantedTool
        text = Reply.text(node: node, asked: asked, tool: asked.wantedTool?.name)
        usage = Usage(asked: asked, output: pieces(of: text).count + (thinking == nil ? 0 : 10) + (tool == nil ? 0 : 20))
    }

    private static func text(node: String, asked: Asked, tool: String?) -> String {
        if let tool { return "Practice node \(node) uses the tool \(tool)." }
        let last = asked.isToolResult ? "the tool has answered" : "your text has \(asked.text.count) characters"
        let words = (0..<asked.wantedWords).map { " word\($0 + 1)" }.joined()
        return "Practice node \(node) answers as \(asked.model): \(last). 好的 👍\(words)"
    }
}

/// Token counts that a test can compute: 10 and one per character of the last text; cached ones when the body has `cache_control`.
struct Usage: Sendable {
    let input: Int
    let output: Int
    let cacheRead: Int
    let cacheWrite5m: Int
    let cacheWrite1h: Int

    init(asked: Asked, output: Int) {
        let isCached = asked.json.mentions("cache_control")
        input = 10 + asked.text.count
        self.output = output
        cacheRead = isCached ? 1_000 : 0
        cacheWrite5m = isCached ? 60 : 0
        cacheWrite1h = isCached ? 40 : 0
    }
}

/// The text in the pieces in which it is streamed: words with the space before them.
func pieces(of text: String) -> [String] {
    var found: [String] = []
    var piece = ""
    for character in text {
        if character == " ", !piece.isEmpty {
            found.append(piece)
            piece = ""
        }
        piece.append(character)
    }
    return piece.isEmpty ? found : found + [piece]
}
