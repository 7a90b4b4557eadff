/// A condition for a statement's WHERE in the engine's own words, and what goes into its places.
package struct SQLCondition: Hashable, Sendable {
    /// To be put between AND and AND.
    package let text: String
    /// In the order of the places in `text`.
    package let arguments: [SQLValue]

    package init(_ text: String, _ arguments: [SQLValue] = []) {
        self.text = text
        self.arguments = arguments
    }

    /// Of what can't be.
    package static let never = SQLCondition("1 = 0")
}
