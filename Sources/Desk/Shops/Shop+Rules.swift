import Vocabulary

extension Shop {
    /// The shop as `change` makes it.
    /// - Throws: `DeskError.fieldInvalid`.
    package func applying(_ change: ShopChange) throws(DeskError) -> Shop {
        var shop = self
        if let name = change.name { shop.look.name = try Self.name(name) }
        if let greeting = change.greeting { shop.look.greeting = try Self.greeting(greeting) }
        if let colour = change.colour { shop.look.colour = try Self.colour(colour) }
        if let language = change.language { shop.look.language = try Self.language(language) }
        if let origins = change.origins { shop.origins = try Self.origins(origins) }
        if let isActive = change.isActive { shop.isActive = isActive }
        return shop
    }

    private static func name(_ text: String) throws(DeskError) -> String {
        let name = text.trimmed
        guard (1...100).contains(name.count), name.utf8.count <= 400 else {
            throw .fieldInvalid(field: "name", reason: "1 to 100 characters")
        }
        return name
    }

    private static func greeting(_ text: String) throws(DeskError) -> String {
        let greeting = text.trimmed
        guard greeting.count <= 500, greeting.utf8.count <= 2_000 else {
            throw .fieldInvalid(field: "greeting", reason: "at most 500 characters")
        }
        return greeting
    }

    private static func colour(_ text: String) throws(DeskError) -> String {
        let colour = text.lowercased()
        guard colour.utf8.count == 7, colour.hasPrefix("#"), colour.dropFirst().allSatisfy({ $0.isASCII && $0.isHexDigit }) else {
            throw .fieldInvalid(field: "colour", reason: "a colour such as #0f766e")
        }
        return colour
    }

    private static func language(_ text: String) throws(DeskError) -> ShopLook.Language {
        guard let language = ShopLook.Language(rawValue: text) else { throw .fieldInvalid(field: "language", reason: "en, zh or auto") }
        return language
    }

    private static func origins(_ texts: [String]) throws(DeskError) -> [String] {
        guard texts.count <= 50 else { throw .fieldInvalid(field: "origins", reason: "at most 50") }
        var origins: [String] = []
        for text in texts {
            guard let origin = Origin(text) else {
                throw .fieldInvalid(field: "origins", reason: "\"\(text.clipped(to: 80))\" is not an address such as https://shop.example")
            }
            if !origins.contains(origin.text) { origins.append(origin.text) }
        }
        return origins
    }
}

/// Scheme, host and port of a page (RFC 6454 section 6.2), as browsers write it: lower case, no path, no default port.
package struct Origin: Hashable, Sendable {
    package let text: String

    /// Takes what people paste: a trailing slash or path is cut off, a default port left out. Nil when it is not http or https with a host.
    package init?(_ pasted: String) {
        let parts = pasted.trimmed.lowercased().split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let scheme = parts.first, scheme == "http" || scheme == "https", let rest = parts.last else { return nil }
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !authority.isEmpty, authority.utf8.count <= 240, authority.utf8.allSatisfy(Self.isAuthorityByte) else { return nil }
        let defaultPort = scheme == "https" ? ":443" : ":80"
        let host = authority.hasSuffix(defaultPort) ? authority.dropLast(defaultPort.count) : authority
        guard !host.isEmpty else { return nil }
        text = "\(scheme)://\(host)"
    }

    /// Letters, digits and `.-:[]_`: no user name, no wild card, nothing that could end a header value.
    private static func isAuthorityByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x61...0x7A, 0x30...0x39, UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "]"),
            UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
