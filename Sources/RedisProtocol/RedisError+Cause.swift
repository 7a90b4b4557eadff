import NIOCore
import NIOPosix
import NIOSSL

extension RedisError {
    /// What went wrong below us.
    init(cause error: any Error) {
        switch error {
        case let error as RedisError: self = error
        case let error as RedisSyntaxError: self = .syntax(error)
        case let error as NIOConnectionError: self = .unreachable(Self.words(error))
        case let error as IOError: self = .unreachable(error.description)
        case ChannelError.connectTimeout: self = .unreachable("no connection in time")
        case is ChannelError: self = .closed
        case let error as NIOSSLError: self = .tls(String(describing: error))
        case let error as BoringSSLError: self = .tls(String(describing: error))
        case let error as NIOSSLExtraError: self = .tls(error.description)
        default: self = .unreachable(String(describing: error))
        }
    }

    private static func words(_ error: NIOConnectionError) -> String {
        if let failure = error.connectionErrors.first { return String(describing: failure.error) }
        guard let failure = error.dnsAError ?? error.dnsAAAAError else { return "no address" }
        return String(describing: failure)
    }
}
