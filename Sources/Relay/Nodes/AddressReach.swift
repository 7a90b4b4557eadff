package import NIOCore

/// Kinds of addresses that are closed to nodes unless an operator opens them: a node's URL must not become a way into the house's own
/// network.
package struct AddressReach: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// 127.0.0.0/8, ::1.
    package static let loopback = AddressReach(rawValue: 1)
    /// RFC 1918, RFC 4193, RFC 6598, RFC 2544. Link-local and metadata addresses are never reachable.
    package static let privateNetworks = AddressReach(rawValue: 2)
}

extension AddressReach {
    /// Whether a node with this reach may be dialled at `address`; a socket's path never.
    package func permits(_ address: SocketAddress) -> Bool {
        // Where `sockaddr_in` and `sockaddr_in6` have the address: behind family, port and, in the latter, the flow.
        let (offset, count) =
            switch address {
            case .v4: (4, 4)
            case .v6: (8, 16)
            case .unixDomainSocket: (0, 0)
            }
        return address.withSockAddr { pointer, size in
            permits(bytes: Array(UnsafeRawBufferPointer(start: pointer, count: size).dropFirst(offset).prefix(count)))
        }
    }

    /// - Parameter bytes: 4 or 16 in network order; any other number is no address.
    package func permits(bytes: [UInt8]) -> Bool {
        let number = { (part: ArraySlice<UInt8>) in part.reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
        switch bytes.count {
        case 4: return permits(v4: UInt32(truncatingIfNeeded: number(bytes[...])))
        case 16: return permits(v6: number(bytes.prefix(8)), number(bytes.suffix(8)))
        default: return false
        }
    }

    private func permits(v4 address: UInt32) -> Bool {
        if Self.forbidden4.contains(where: { $0.contains(address) }) { return false }
        if Self.loopback4.contains(address) { return contains(.loopback) }
        return contains(.privateNetworks) || !Self.private4.contains { $0.contains(address) }
    }

    private func permits(v6 high: UInt64, _ low: UInt64) -> Bool {
        if Self.metadata6.contains(where: { $0 == (high, low) }) { return false }
        if high == 0 {
            if low == 1 { return contains(.loopback) }
            // Mapped (RFC 4291 section 2.5.5.2) or compatible (2.5.5.1): the address inside counts. All else here is reserved.
            let isEmbedded = low >> 32 == 0xFFFF || low >> 32 == 0
            return isEmbedded && permits(v4: UInt32(truncatingIfNeeded: low))
        }
        // NAT64, RFC 6052; 6to4, RFC 3056.
        if high == 0x0064_FF9B_0000_0000, low >> 32 == 0 { return permits(v4: UInt32(truncatingIfNeeded: low)) }
        if high >> 48 == 0x2002 { return permits(v4: UInt32(truncatingIfNeeded: high >> 16)) }
        // Teredo, RFC 4380, hides an IPv4 address.
        if high >> 32 == 0x2001_0000 { return false }
        if high >> 57 == 0xFC >> 1 { return contains(.privateNetworks) && high >> 32 != 0xFD00_0EC2 }
        // Beyond 2000::/3 nothing is public: link-local, multicast, unspecified, reserved (RFC 4291 section 2.4).
        return high >> 61 == 1
    }
}

extension AddressReach {
    /// A network of IPv4.
    private struct Block {
        let address: UInt32
        let mask: UInt32

        init(_ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, bits: UInt32) {
            address = a << 24 | b << 16 | c << 8 | d
            mask = ~UInt32(0) << (32 - bits)
        }

        func contains(_ other: UInt32) -> Bool {
            other & mask == address
        }
    }

    private static let loopback4 = Block(127, 0, 0, 0, bits: 8)

    private static let private4 = [
        Block(10, 0, 0, 0, bits: 8), Block(172, 16, 0, 0, bits: 12), Block(192, 168, 0, 0, bits: 16), Block(100, 64, 0, 0, bits: 10),
        Block(198, 18, 0, 0, bits: 15),
    ]

    private static let forbidden4 = [
        // "This network", link-local with the metadata of most clouds, protocol assignments (Oracle's metadata), multicast and all above it.
        Block(0, 0, 0, 0, bits: 8), Block(169, 254, 0, 0, bits: 16), Block(192, 0, 0, 0, bits: 24), Block(224, 0, 0, 0, bits: 3),
        // Metadata of Alibaba and of Azure.
        Block(100, 100, 100, 200, bits: 32), Block(168, 63, 129, 16, bits: 32),
    ]

    /// Metadata of Amazon (with its whole network, above), Google and Oracle.
    private static let metadata6: [(UInt64, UInt64)] = [
        (0xFD00_0EC2_0000_0000, 0x254), (0xFD20_00CE_0000_0000, 0x254), (0xFD00_00C1_0000_0000, 0xA9FE_A9FE),
    ]
}
