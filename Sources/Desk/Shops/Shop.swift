package import Vocabulary

/// One site or app that embeds the widget.
package struct Shop: Hashable, Sendable {
    package let id: ShopID
    package let workspace: WorkspaceID
    /// In every visitor's page: a name, not a secret. Replaced when it is misused.
    package var key: String
    package var look: ShopLook
    /// Exact origins (`https://host[:port]`) that may embed the widget; empty: any.
    package var origins: [String]
    package var isActive: Bool
    package let createdAt: Timestamp

    package init(id: ShopID, workspace: WorkspaceID, key: String, look: ShopLook, origins: [String], isActive: Bool, createdAt: Timestamp) {
        self.id = id
        self.workspace = workspace
        self.key = key
        self.look = look
        self.origins = origins
        self.isActive = isActive
        self.createdAt = createdAt
    }

    /// May a page of this origin embed the widget?
    package func allows(origin: String) -> Bool {
        origins.isEmpty || origins.contains(origin)
    }
}

/// What visitors see of a shop.
package struct ShopLook: Hashable, Sendable {
    package var name: String
    package var greeting: String
    /// `#rrggbb`.
    package var colour: String
    package var language: Language

    package enum Language: String, Sendable, Hashable {
        case en, zh
        /// The visitor's browser decides.
        case auto
    }

    package init(name: String, greeting: String = "", colour: String = "#0f766e", language: Language = .auto) {
        self.name = name
        self.greeting = greeting
        self.colour = colour
        self.language = language
    }
}

/// Changes to a shop as a client asks for them; nil leaves a field as it is.
package struct ShopChange: Sendable {
    package var name: String?
    package var greeting: String?
    package var colour: String?
    package var language: String?
    package var origins: [String]?
    package var isActive: Bool?

    package init(
        name: String? = nil, greeting: String? = nil, colour: String? = nil, language: String? = nil, origins: [String]? = nil,
        isActive: Bool? = nil
    ) {
        self.name = name
        self.greeting = greeting
        self.colour = colour
        self.language = language
        self.origins = origins
        self.isActive = isActive
    }
}
