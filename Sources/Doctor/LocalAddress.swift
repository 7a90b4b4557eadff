import Glibc

/// Whether an address belongs to this machine: asked by opening it on a port of the kernel's choice, which is given back at once.
enum LocalAddress {
    case here, elsewhere, unknown

    static func find(_ host: String) -> LocalAddress {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, "0", &hints, &list) == 0, let first = list else { return .unknown }
        defer { freeaddrinfo(first) }
        let descriptor = socket(first.pointee.ai_family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return .unknown }
        defer { close(descriptor) }
        return bind(descriptor, first.pointee.ai_addr, first.pointee.ai_addrlen) == 0 ? .here : .elsewhere
    }
}
