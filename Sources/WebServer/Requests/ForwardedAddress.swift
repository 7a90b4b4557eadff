import HTTPTypes
import NIOHTTP1

/// Who really asks when trusted proxies stand in front.
///
/// `X-Forwarded-For` is what any client may write; only what trusted proxies appended counts: from the right, the first address that is none of theirs.
struct ForwardedAddress: Sendable {
    let trusted: Set<String>

    func client(peer: String, headers: HTTPFields) -> String {
        trusted.contains(peer) ? client(peer: peer, forwarded: headers[values: .forwardedFor]) : peer
    }

    func client(peer: String, headers: HTTPHeaders) -> String {
        trusted.contains(peer) ? client(peer: peer, forwarded: headers["x-forwarded-for"]) : peer
    }

    private func client(peer: String, forwarded: [String]) -> String {
        let hops = forwarded.flatMap { $0.split(separator: ",") }.suffix(32)
        for hop in hops.reversed() {
            let address = hop.filter { $0 != " " && $0 != "\t" }
            guard (2...45).contains(address.utf8.count), address.utf8.allSatisfy(Self.isAddressByte) else { return peer }
            if !trusted.contains(address) { return address }
        }
        return peer
    }

    /// Hex digits, dots and colons.
    private static func isAddressByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x3A, 0x41...0x46, 0x61...0x66, UInt8(ascii: "."): true
        default: false
        }
    }
}

extension HTTPField.Name {
    /// Of no RFC, but what every proxy writes.
    fileprivate static let forwardedFor = HTTPField.Name("x-forwarded-for") ?? .via
}
