package import Vocabulary

/// An address with a credential that serves models.
package enum NodeSubject {}
/// What a client of the gateway signs in with.
package enum KeySubject {}

package typealias NodeID = Identifier<NodeSubject>
package typealias KeyID = Identifier<KeySubject>

/// The protocol that a node speaks.
package enum RoutedFamily: String, Hashable, Sendable, Codable, CaseIterable {
    case anthropic, openAI
}
