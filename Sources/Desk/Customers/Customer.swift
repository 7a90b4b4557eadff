package import Vocabulary

/// A visitor of a shop: anonymous until it says who it is.
package struct Customer: Hashable, Sendable {
    package let id: CustomerID
    package let workspace: WorkspaceID
    package let shop: ShopID
    package var details: CustomerDetails
    package let createdAt: Timestamp
    package let lastSeenAt: Timestamp

    package var principal: CustomerPrincipal {
        CustomerPrincipal(customer: id, shop: shop, workspace: workspace, name: details.name)
    }
}

/// What a visitor may say of itself.
package struct CustomerDetails: Hashable, Sendable {
    package var name: String
    package var email: String
    /// The page of the shop that it looks at.
    package var page: String

    package init(name: String = "", email: String = "", page: String = "") {
        self.name = name
        self.email = email
        self.page = page
    }

    /// These details with the given fields replaced; nil leaves one as it is.
    /// - Throws: `DeskError.fieldInvalid`.
    package func replacing(name: String?, email: String?, page: String?) throws(DeskError) -> CustomerDetails {
        var details = self
        if let name {
            details.name = name.trimmed
            guard details.name.count <= 100, details.name.utf8.count <= 400 else {
                throw .fieldInvalid(field: "name", reason: "at most 100 characters")
            }
        }
        if let email {
            details.email = email.trimmed
            guard details.email.isEmpty || Self.looksLikeEmail(details.email) else {
                throw .fieldInvalid(field: "email", reason: "an address such as kim@example.com")
            }
        }
        if let page {
            // Said by the page itself and only shown: too long is cut, not refused.
            details.page = String(page.trimmed.unicodeScalars.prefix(500).map(Character.init))
        }
        return details
    }

    private static func looksLikeEmail(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        return text.utf8.count <= 320 && parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && !text.contains(where: \.isWhitespace)
    }
}
