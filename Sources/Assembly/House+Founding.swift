import Desk
import People
package import Vocabulary

/// What `switchboard setup` asks for.
package struct HouseFounding: Sendable {
    package var workspace: String
    package var ownerEmail: String
    package var ownerName: String
    package var password: Secret<String>
    package var shop: String

    package init(workspace: String, ownerEmail: String, ownerName: String, password: Secret<String>, shop: String) {
        self.workspace = workspace
        self.ownerEmail = ownerEmail
        self.ownerName = ownerName
        self.password = password
        self.shop = shop
    }
}

extension House {
    /// Makes the workspace, its owner and its first shop in one transaction, and returns the shop's public key.
    /// - Throws: `PeopleError`, `DeskError.fieldInvalid`.
    package func found(_ founding: HouseFounding) async throws -> String {
        let draft = FoundingDraft(
            workspace: founding.workspace, ownerName: founding.ownerName, email: founding.ownerEmail, password: founding.password)
        let shops = desk.shops
        return try await people.setup.perform(draft, proof: .commandLine, signingIn: nil) { connection, workspace, _ in
            try shops.makeFirst(in: workspace, ShopChange(name: founding.shop), on: connection).key
        }.extra
    }
}
