/// Which models a node serves, and by what names it knows them.
package struct ModelMap: Hashable, Sendable {
    /// Another name for what a client asks for.
    package struct Alias: Hashable, Sendable {
        /// What clients say; may have `*`.
        package let from: ModelPattern
        /// What the node is told.
        package let to: String

        package init(from: ModelPattern, to: String) {
            self.from = from
            self.to = to
        }
    }

    /// Served under their own name.
    package let patterns: [ModelPattern]
    /// Tried in order, before the patterns.
    package let aliases: [Alias]

    /// Without patterns and aliases: every model, as it is. With aliases only: nothing but those.
    package init(patterns: [ModelPattern] = [], aliases: [Alias] = []) {
        self.patterns = patterns
        self.aliases = aliases
    }

    package var servesAll: Bool { patterns.isEmpty && aliases.isEmpty }

    /// The name to tell the node; nil when it does not serve `model`.
    package func serves(_ model: String) -> String? {
        if servesAll { return model }
        if let alias = aliases.first(where: { $0.from.matches(model) }) { return alias.to }
        return patterns.contains { $0.matches(model) } ? model : nil
    }
}
