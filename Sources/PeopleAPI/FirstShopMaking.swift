package import People

/// What set-up needs of the room that owns shops. Filled in Assembly.
package protocol FirstShopMaking: Sendable {
    /// The step that makes the shop in set-up's transaction and answers it as JSON, the way that room's own routes show it.
    ///
    /// Throws, like the step itself, a `Problem` for what is wrong with `wish`; its fields are called `shop.name` and so on.
    /// - Parameter origin: the server's address as the browser knows it.
    func step(making wish: FirstShopWish, at origin: String) throws -> FoundingStep<[UInt8]>
}

/// What somebody filled in about the first shop, unchecked.
package struct FirstShopWish: Hashable, Sendable, Decodable {
    package let name: String
    package let language: String?

    package init(name: String, language: String? = nil) {
        self.name = name
        self.language = language
    }
}
