import Glibc

/// A numeric address of the internet with its port, in the kernel's form.
struct SocketAddress {
    let family: Int32
    private var storage = sockaddr_storage()
    private let size: socklen_t

    /// Nil for what is no numeric address.
    init?(_ text: String, port: UInt16) {
        var v4 = sockaddr_in()
        var v6 = sockaddr_in6()
        if inet_pton(AF_INET, text, &v4.sin_addr) == 1 {
            family = AF_INET
            v4.sin_family = sa_family_t(AF_INET)
            v4.sin_port = port.bigEndian
            size = socklen_t(MemoryLayout<sockaddr_in>.size)
            withUnsafeMutableBytes(of: &storage) { $0.copyBytes(from: withUnsafeBytes(of: v4) { Array($0) }) }
        } else if inet_pton(AF_INET6, text, &v6.sin6_addr) == 1 {
            family = AF_INET6
            v6.sin6_family = sa_family_t(AF_INET6)
            v6.sin6_port = port.bigEndian
            size = socklen_t(MemoryLayout<sockaddr_in6>.size)
            withUnsafeMutableBytes(of: &storage) { $0.copyBytes(from: withUnsafeBytes(of: v6) { Array($0) }) }
        } else {
            return nil
        }
    }

    func use<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        withUnsafePointer(to: storage) { $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, size) } }
    }

    static func port(of descriptor: Int32) -> UInt16? { name(of: descriptor)?.port }

    /// Where a socket is bound; nil when it is no socket of the internet.
    static func name(of descriptor: Int32) -> (address: String, port: UInt16)? {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let isKnown = withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) == 0 }
        }
        guard isKnown else { return nil }
        var text = [CChar](repeating: 0, count: 64)
        let family = Int32(storage.ss_family)
        return withUnsafeBytes(of: storage) { bytes in
            switch family {
            case AF_INET:
                var known = bytes.loadUnaligned(as: sockaddr_in.self)
                guard inet_ntop(AF_INET, &known.sin_addr, &text, 64) != nil else { return nil }
                return (string(text), UInt16(bigEndian: known.sin_port))
            case AF_INET6:
                var known = bytes.loadUnaligned(as: sockaddr_in6.self)
                guard inet_ntop(AF_INET6, &known.sin6_addr, &text, 64) != nil else { return nil }
                return (string(text), UInt16(bigEndian: known.sin6_port))
            default: return nil
            }
        }
    }

    private static func string(_ text: [CChar]) -> String {
        String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
