import Relay

#if canImport(Glibc)
    import Glibc
#endif

/// The host of a node's address: a name, or an IP address in its canonical form.
struct NodeHost {
    let text: String
    /// 4 or 16 bytes; nil for a name.
    private let address: [UInt8]?

    /// A name or a dotted IPv4 address.
    ///
    /// Threat: `2130706433`, `0x7f.1`, `0177.0.0.1` and `127.1` are 127.0.0.1 to a resolver. Whatever ends like a number must therefore be
    /// an address in its usual form, as the URL standard has it (url.spec.whatwg.org, "ends in a number").
    init(_ typed: Substring) throws(NodeURLFault) {
        var host = typed.lowercased()
        // A root's dot would be another name to TLS.
        if host.hasSuffix(".") { host.removeLast() }
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        guard host.utf8.count <= 253, let last = labels.last else { throw .host }
        if Self.looksNumeric(last) {
            guard let address = Self.dotted(labels) else { throw .host }
            (text, self.address) = (host, address)
        } else {
            guard labels.allSatisfy(Self.isLabel) else { throw .host }
            (text, address) = (host, nil)
        }
    }

    /// What stood between the brackets of an IPv6 address. No zone: that is the machine's own affair.
    init(bracketed typed: Substring) throws(NodeURLFault) {
        var address = in6_addr()
        guard typed.utf8.count <= 45, !typed.contains("%"), inet_pton(AF_INET6, String(typed), &address) == 1 else { throw .host }
        var shown = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(AF_INET6, &address, &shown, socklen_t(shown.count)) != nil else { throw .host }
        text = String(decoding: shown.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        self.address = withUnsafeBytes(of: address) { Array($0) }
    }

    /// May a node be there, and in clear? A name's addresses are judged by the relay, when it has them.
    /// - Throws: `NodeURLFault.address`, `.plain`.
    func check(isSecure: Bool, reach: AddressReach) throws(NodeURLFault) {
        if let address {
            guard reach.permits(bytes: address) else { throw .address }
            // What needs no leave is out in the world.
            guard isSecure || !AddressReach().permits(bytes: address) else { throw .plain }
        } else if isLoopbackName {
            guard reach.contains(.loopback) else { throw .address }
        } else if !isSecure {
            guard isInsideName, !reach.isEmpty else { throw .plain }
        }
    }

    /// RFC 6761 section 6.3.
    private var isLoopbackName: Bool { text == "localhost" || text.hasSuffix(".localhost") }

    /// A name that no public resolver knows: of one label, or with a suffix set aside by RFC 6762, RFC 8375, RFC 6761 and ICANN.
    private var isInsideName: Bool {
        !text.contains(".") || [".local", ".internal", ".lan", ".home.arpa", ".test"].contains(where: text.hasSuffix)
    }

    private static func looksNumeric(_ label: Substring) -> Bool {
        label.isEmpty || label.utf8.allSatisfy { (0x30...0x39).contains($0) }
            || label.hasPrefix("0x") && label.dropFirst(2).allSatisfy(\.isHexDigit)
    }

    private static func dotted(_ labels: [Substring]) -> [UInt8]? {
        let bytes = labels.compactMap { label in
            label.utf8.allSatisfy { (0x30...0x39).contains($0) } && (label == "0" || !label.hasPrefix("0")) ? UInt8(label) : nil
        }
        return labels.count == 4 && bytes.count == 4 ? bytes : nil
    }

    private static func isLabel(_ label: Substring) -> Bool {
        (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
            && label.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D || $0 == 0x5F }
    }
}
