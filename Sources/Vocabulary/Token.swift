import Crypto

/// A random credential of 256 bits and the digest that is stored in its place.
///
/// Its entropy makes a plain SHA-256 enough at rest: there is nothing to guess.
package struct Token: Sendable {
    /// 43 characters of base64url: what the client keeps.
    package let text: Secret<String>
    /// 32 bytes: what the database keeps.
    package var digest: [UInt8] { Token.digest(of: text.reveal()) }

    private init(text: String) {
        self.text = Secret(text)
    }

    /// A new one from the system's random source.
    package static func make() -> Token {
        let bytes = SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) }
        return Token(text: Base64URL.encode(bytes))
    }

    /// The stored form of a token that a client presents, whatever it is.
    package static func digest(of presented: String) -> [UInt8] {
        Array(SHA256.hash(data: Array(presented.utf8)))
    }
}

/// RFC 4648 section 5, without padding.
package enum Base64URL {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    package static func encode(_ bytes: [UInt8]) -> String {
        var out: [UInt8] = []
        out.reserveCapacity((bytes.count * 4 + 2) / 3)
        var pending: UInt32 = 0
        var bits = 0
        for byte in bytes {
            pending = pending << 8 | UInt32(byte)
            bits += 8
            while bits >= 6 {
                bits -= 6
                out.append(letter(pending >> UInt32(bits)))
            }
        }
        if bits > 0 { out.append(letter(pending << UInt32(6 - bits))) }
        return String(decoding: out, as: UTF8.self)
    }

    /// Nil when a character is not of the alphabet, or the text is none that `encode` makes: two texts never mean the same bytes.
    package static func decode(_ text: String) -> [UInt8]? {
        var out: [UInt8] = []
        var pending: UInt32 = 0
        var bits = 0
        for byte in text.utf8 {
            guard let digit = alphabet.firstIndex(of: byte) else { return nil }
            pending = (pending << 6 | UInt32(digit)) & 0xFFFF
            bits += 6
            if bits >= 8 {
                bits -= 8
                out.append(UInt8(truncatingIfNeeded: pending >> UInt32(bits)))
            }
        }
        guard bits < 6, pending & ((1 << UInt32(bits)) - 1) == 0 else { return nil }
        return out
    }

    private static func letter(_ value: UInt32) -> UInt8 {
        alphabet[Int(value & 63)]
    }
}
