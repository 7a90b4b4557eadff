import NIOCore
import NIOPosix
import NIOSSL

#if canImport(Glibc)
    import Glibc
#endif

extension AttemptFailure.Kind {
    /// What an error of the network's means.
    init(_ error: any Error) {
        self =
            switch error {
            case is ForbiddenAddress: .forbiddenAddress
            case let error as NIOConnectionError: Self.of(error)
            case let error as IOError: Self.of(errno: error.errnoCode)
            case ChannelError.connectTimeout: .connectTimeout
            // The end came without TLS's goodbye: nobody can say whether it was the node's.
            case NIOSSLError.uncleanShutdown: .closed
            case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError: .tls
            case is ChannelError: .closed
            default: .reset
            }
    }

    private static func of(errno code: CInt) -> Self {
        switch code {
        case ECONNREFUSED: .refused
        case ENETUNREACH, EHOSTUNREACH, ENETDOWN, EHOSTDOWN, EADDRNOTAVAIL, EACCES, EPERM, EMFILE, ENFILE: .unreachable
        case ETIMEDOUT: .connectTimeout
        default: .reset
        }
    }

    /// Of several addresses: what the network said counts more than that others were forbidden.
    private static func of(_ error: NIOConnectionError) -> Self {
        let kinds = error.connectionErrors.map { Self($0.error) }
        return kinds.first { $0 != .forbiddenAddress } ?? kinds.first ?? .unresolved
    }
}
