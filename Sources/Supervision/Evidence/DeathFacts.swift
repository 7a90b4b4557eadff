/// What the supervisor saw of an end, as lines `key value` of the file `death`.
package struct DeathFacts: Sendable, Equatable {
    /// In the order in which they are written.
    package private(set) var lines: [(key: String, value: String)] = []

    package init() {}

    /// Nothing for nil; a value is one line.
    package mutating func add(_ key: String, _ value: (some CustomStringConvertible)?) {
        guard let value else { return }
        let text = value.description.replacing("\n", with: " ").replacing("\r", with: " ")
        guard !text.isEmpty else { return }
        lines.append((key, String(text.prefix(2_000))))
    }

    package var text: String { lines.map { "\($0.key) \($0.value)\n" }.joined() }

    package static func == (left: DeathFacts, right: DeathFacts) -> Bool { left.text == right.text }
}
