import Glibc

/// What counts as one place on the network: an IPv4 address, or the 64-bit network of an IPv6 one, whose 2⁶⁴ addresses one customer line owns.
package struct AddressBlock: Hashable, Sendable {
    /// 4 of an IPv4 address, 8 of an IPv6 network, else the first 64 of the text.
    package let bytes: [UInt8]

    /// Whatever is no address (a socket's path, an empty text) is one place by its text.
    package init(_ address: String) {
        var v4 = in_addr()
        var v6 = in6_addr()
        // A zone (fe80::1%eth0) is the machine's own affair.
        let plain = String(address.prefix { $0 != "%" })
        if inet_pton(AF_INET, plain, &v4) == 1 {
            bytes = withUnsafeBytes(of: v4) { Array($0) }
        } else if inet_pton(AF_INET6, plain, &v6) == 1 {
            let all = withUnsafeBytes(of: v6) { Array($0) }
            bytes = Array(Self.isMapped(all) ? all.suffix(4) : all.prefix(8))
        } else {
            bytes = Array(address.utf8.prefix(64))
        }
    }

    /// `::ffff:a.b.c.d` (RFC 4291 section 2.5.5.2): how a socket for both families names an IPv4 peer.
    private static func isMapped(_ bytes: [UInt8]) -> Bool {
        bytes.prefix(10).allSatisfy { $0 == 0 } && bytes.dropFirst(10).prefix(2).allSatisfy { $0 == 0xFF }
    }
}
