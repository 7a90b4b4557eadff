import NIOCore
import NIOSSL
import Vocabulary

/// The encrypted part of a pipeline.
struct RedisTLS: Sendable {
    private let context: NIOSSLContext
    private let serverName: String?

    /// Nil when the configuration wants none.
    /// - Throws: `RedisError.tls` when the file of authorities can't be read.
    init?(_ configuration: RedisConfiguration) throws(RedisError) {
        var made = TLSConfiguration.makeClientConfiguration()
        switch configuration.tls {
        case .off: return nil
        case .required: made.certificateVerification = .none
        case .verify: made.certificateVerification = .fullVerification
        }
        made.minimumTLSVersion = .tlsv12
        if let authorities = configuration.authorities { made.trustRoots = .file(authorities) }
        do {
            context = try NIOSSLContext(configuration: made)
        } catch {
            throw .tls("the authorities could not be read: \(error)")
        }
        // An address is no server name (RFC 6066 §3); the certificate is then compared with the address that answers.
        serverName = (try? SocketAddress(ipAddress: configuration.host, port: configuration.port)) == nil ? configuration.host : nil
    }

    func handler() throws -> NIOSSLClientHandler {
        try NIOSSLClientHandler(context: context, serverHostname: serverName)
    }
}
