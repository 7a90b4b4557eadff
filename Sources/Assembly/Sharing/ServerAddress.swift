package import Vocabulary

/// Where a server that several instances share is, and as whom they talk to it.
package struct ServerAddress: Sendable, CustomStringConvertible {
    package var host: String
    /// 1 to 65535.
    package var port: Int
    /// Empty: none.
    package var user: String
    package var password: Secret<String>
    /// The database's name, or its number at Redis.
    package var database: String
    package var tls: TransportSecurity
    /// PEM file of authorities for `verify`; nil: the system's.
    package var authorities: String?

    /// Without user and password.
    package var description: String {
        let host = host.contains(":") ? "[\(host)]" : host
        return "\(host):\(port)\(database.isEmpty ? "" : "/\(database)")"
    }

    /// On this machine nobody can listen in between.
    static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || host == "::1" || (host.hasPrefix("127.") && host.allSatisfy { $0.isASCII && ($0.isNumber || $0 == ".") })
    }
}

/// The parts of `//user:password@host:port/path?name=value`, bounded and decoded; total.
struct AuthorityText {
    var user = ""
    var password = ""
    var host = ""
    var port: Int?
    var path = ""
    var query: [(name: String, value: String)] = []

    /// - Parameter text: what follows `scheme://`. Nil for what is malformed.
    init?(_ text: Substring) {
        guard text.utf8.count <= 2_000, text.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value != 0x7F }) else { return nil }
        let (front, question) = Self.cut(text, at: "?")
        let (authority, path) = Self.cut(front, at: "/")
        guard let decoded = Self.decode(path ?? "") else { return nil }
        self.path = decoded
        guard readUser(of: authority), readQuery(question ?? "") else { return nil }
    }

    private mutating func readUser(of authority: Substring) -> Bool {
        // A password that was not encoded may hold an "@": the last one is what parts it from the host.
        guard let at = authority.lastIndex(of: "@") else { return readHost(authority) }
        let (name, word) = Self.cut(authority[..<at], at: ":")
        guard let name = Self.decode(name), let word = Self.decode(word ?? "") else { return false }
        (user, password) = (name, word)
        return readHost(authority[authority.index(after: at)...])
    }

    mutating func readHost(_ text: Substring) -> Bool {
        var rest: Substring?
        if text.hasPrefix("[") {
            let (inner, outer) = Self.cut(text.dropFirst(), at: "]")
            guard let outer, inner.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }), outer.isEmpty || outer.hasPrefix(":") else {
                return false
            }
            (host, rest) = (String(inner), outer.isEmpty ? nil : outer.dropFirst())
        } else {
            let (name, port) = Self.cut(text, at: ":")
            guard name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-._".contains($0)) }) else { return false }
            (host, rest) = (String(name), port)
        }
        guard !host.isEmpty, host.utf8.count <= 255 else { return false }
        guard let rest else { return true }
        guard let number = UInt16(rest), number > 0 else { return false }
        port = Int(number)
        return true
    }

    mutating func readQuery(_ text: Substring) -> Bool {
        for pair in text.split(separator: "&") {
            let (name, value) = Self.cut(pair, at: "=")
            guard query.count < 50, let name = Self.decode(name), let value = Self.decode(value ?? "") else { return false }
            query.append((name, value))
        }
        return true
    }

    /// Nil behind it when `mark` is not in it.
    static func cut(_ text: Substring, at mark: Character) -> (Substring, Substring?) {
        guard let place = text.firstIndex(of: mark) else { return (text, nil) }
        return (text[..<place], text[text.index(after: place)...])
    }

    /// Percent-decoded (RFC 3986 section 2.1); nil for what is no UTF-8 or holds control characters then.
    static func decode(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == 0x25 else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else { return nil }
            bytes.append(high << 4 | low)
        }
        guard let decoded = String(validating: bytes, as: UTF8.self) else { return nil }
        return decoded.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F } ? nil : decoded
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }
}
