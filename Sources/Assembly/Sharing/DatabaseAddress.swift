import Vocabulary

/// Where the house's database is.
package enum DatabaseAddress: Sendable {
    /// SQLite: the file in `DATA_DIR`, or in the folder that is named.
    case file(folder: String?)
    /// A MySQL-compatible server.
    case server(ServerAddress)

    /// `sqlite:`, `sqlite:folder`, `mysql://user:password@host:port/name?tls=required|verify|off&ca=/path`, and what the predecessor took:
    /// `user:password@tcp(host:port)/name?tls=true`. Nil for anything else.
    package init?(_ text: String) {
        if text.lowercased().hasPrefix("sqlite:") {
            self.init(file: text.dropFirst(7))
        } else if let scheme = ["mysql://", "mariadb://"].first(where: { text.lowercased().hasPrefix($0) }) {
            guard let address = ServerAddress(mysql: text.dropFirst(scheme.count)) else { return nil }
            self = .server(address)
        } else {
            guard let address = ServerAddress(predecessor: text) else { return nil }
            self = .server(address)
        }
    }

    private init?(file path: Substring) {
        guard path.utf8.count <= 4_000, !path.utf8.contains(0) else { return nil }
        let folder = path.hasSuffix("/switchboard.sqlite") ? path.dropLast(19) : path
        self = .file(folder: folder.isEmpty ? nil : String(folder))
    }
}

extension ServerAddress {
    private static let mysqlPort = 3_306

    /// What follows `mysql://`.
    fileprivate init?(mysql text: Substring) {
        guard let parts = AuthorityText(text) else { return nil }
        self.init(parts, word: { TransportSecurity(rawValue: $0) }, passesOver: false)
    }

    /// The data source name of Go's driver (github.com/go-sql-driver/mysql, "DSN"): nothing in it is encoded, and most parameters are about
    /// that driver alone.
    fileprivate init?(predecessor text: String) {
        guard text.utf8.count <= 2_000, let slash = text.lastIndex(of: "/"), let at = text[..<slash].lastIndex(of: "@") else { return nil }
        let door = text[text.index(after: at)..<slash]
        guard door.hasPrefix("tcp("), door.hasSuffix(")") else { return nil }
        let (name, question) = AuthorityText.cut(text[text.index(after: slash)...], at: "?")
        guard var parts = AuthorityText("host/\(name)"), parts.readHost(door.dropFirst(4).dropLast()), parts.readQuery(question ?? "")
        else {
            return nil
        }
        let (user, password) = AuthorityText.cut(text[..<at], at: ":")
        (parts.user, parts.password) = (String(user), String(password ?? ""))
        let words: [String: TransportSecurity] = ["true": .verify, "skip-verify": .required, "false": .off]
        self.init(parts, word: { $0 == "preferred" ? .required : words[$0.lowercased()] }, passesOver: true)
    }

    /// - Parameters:
    ///   - word: what a value of `tls` means.
    ///   - passesOver: whether parameters that mean nothing here are left alone.
    private init?(_ parts: AuthorityText, word: (String) -> TransportSecurity?, passesOver: Bool) {
        var tls = Self.isLoopback(parts.host) ? TransportSecurity.off : .required
        var authorities: String?
        for (name, value) in parts.query {
            switch name {
            case "tls":
                guard let said = word(value) else { return nil }
                tls = said
            case "ca" where value.hasPrefix("/"): authorities = value
            default: guard passesOver else { return nil }
            }
        }
        let isName = parts.path.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_-$".contains($0)) }
        guard (1...64).contains(parts.path.utf8.count), isName, !parts.user.isEmpty, authorities == nil || tls == .verify else {
            return nil
        }
        self.init(
            host: parts.host, port: parts.port ?? Self.mysqlPort, user: parts.user, password: Secret(parts.password), database: parts.path,
            tls: tls, authorities: authorities)
    }

    /// `redis://[[user]:password@]host[:port][/number]`, or `rediss://` for TLS, with `?tls=required` where its certificate can't be verified
    /// and `?ca=/path` where it is signed by an authority of one's own. Nil for anything else.
    package init?(redis text: String) {
        let isSecure = text.lowercased().hasPrefix("rediss://")
        guard isSecure || text.lowercased().hasPrefix("redis://"), let parts = AuthorityText(text.dropFirst(isSecure ? 9 : 8)) else {
            return nil
        }
        let number = parts.path.isEmpty ? "0" : parts.path
        guard let value = UInt8(number), number == "\(value)" else { return nil }
        var (tls, authorities): (TransportSecurity, String?) = (isSecure ? .verify : .off, nil)
        for (name, value) in parts.query {
            switch (name, value) {
            case ("tls", "required") where isSecure: tls = .required
            case ("tls", "verify") where isSecure: tls = .verify
            case ("ca", _) where isSecure && value.hasPrefix("/"): authorities = value
            default: return nil
            }
        }
        guard authorities == nil || tls == .verify else { return nil }
        self.init(
            host: parts.host, port: parts.port ?? 6_379, user: parts.user, password: Secret(parts.password), database: number, tls: tls,
            authorities: authorities)
    }
}
