/// What a request to a model asks for, in either family's words.
struct Asked: Sendable {
    let json: JSON
    let model: String
    let isStream: Bool
    /// The last text that the user wrote; empty when there is none.
    let text: String
    /// Whether the last thing the user sent is a tool's result.
    let isToolResult: Bool
    let tools: [String]

    /// Nil when the body is no JSON object with a model.
    init?(_ json: JSON?) {
        guard let json, case .object = json, let model = json["model"]?.text, !model.isEmpty else { return nil }
        self.json = json
        self.model = model
        isStream = json["stream"]?.isTrue ?? false
        tools = (json["tools"]?.items ?? []).compactMap { $0["name"]?.text ?? $0["function"]?["name"]?.text }
        let said = Asked.lastSaid(json)
        text = said.text
        isToolResult = said.isToolResult
    }

    /// The tool that the text wants used, when it is one of those that were offered: `use tool NAME` or `use tool NAME with {…}`.
    var wantedTool: (name: String, input: JSON)? {
        guard !isToolResult, let rest = text.after("use tool ") else { return nil }
        let name = String(rest.prefix { !$0.isWhitespace && $0 != "." && $0 != "," })
        guard tools.contains(name) else { return nil }
        let input = rest.after(" with ").flatMap { JSON(String($0)) }
        return (name, input ?? [:])
    }

    /// An answer of OpenAI's with the tier that it was asked in, if any.
    func tiered(_ answer: JSON) -> JSON {
        guard let tier = json["service_tier"], case .object(let members) = answer else { return answer }
        return .object(members + [JSON.Member(name: "service_tier", value: tier)])
    }

    var wantsThinking: Bool { !isToolResult && text.contains("think first") }

    /// `answer with 200 words`; 0 when it was not asked for, at most 100,000.
    var wantedWords: Int {
        guard let rest = text.after("answer with ") else { return 0 }
        return min(100_000, Int(rest.prefix { $0.isASCII && $0.isNumber }) ?? 0)
    }

    private static func lastSaid(_ json: JSON) -> (text: String, isToolResult: Bool) {
        // messages: both families' chats; input: responses and embeddings.
        let items = json["messages"]?.items ?? json["input"]?.items ?? []
        guard let last = items.last else { return (json["input"]?.text ?? "", false) }
        if let text = last.text { return (text, false) }
        if last["role"]?.text == "tool" || last["type"]?.text == "function_call_output" { return ("", true) }
        guard let content = last["content"] else { return ("", false) }
        if let text = content.text { return (text, false) }
        let texts = content.items.compactMap { $0["text"]?.text }
        return (texts.last ?? "", content.items.contains { $0["type"]?.text == "tool_result" })
    }
}

extension StringProtocol {
    /// What comes after the first `words`; nil when they are not there.
    func after(_ words: String) -> SubSequence? {
        // By bytes: by characters it takes longer than everything else that is done to a request.
        let pattern = Array(words.utf8)
        guard let first = pattern.first else { return self[...] }
        var rest = utf8[...]
        while let found = rest.firstIndex(of: first) {
            rest = rest[found...]
            if rest.starts(with: pattern) { return self[rest.index(found, offsetBy: pattern.count)...] }
            rest = rest.dropFirst()
        }
        return nil
    }
}
