package import NIOCore
import NIOSSL

/// What connections to nodes keep to.
package struct NodeConnectionRules: Sendable {
    /// Idle connections kept for each target on each event loop; more are closed.
    package var keptPerTarget = 64
    /// How long an idle connection is kept; up to a second longer.
    package var keptFor: TimeAmount = .seconds(60)
    /// A PEM file of authorities trusted besides the system's.
    package var authorities: String?
    /// Of a response's head and of its trailers, in bytes.
    package var headLimit = 64 * 1_024
    /// Header fields in one response.
    package var fieldLimit = 200

    package init() {}

    /// TLS 1.2 or newer; certificate and name are always verified: there is no switch.
    func makeTLS() throws(RelayError) -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.certificateVerification = .fullVerification
        configuration.applicationProtocols = ["http/1.1"]
        if let authorities { configuration.additionalTrustRoots = [.certificates(try Self.certificates(in: authorities))] }
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw .tlsUnusable(reason: "\(error)")
        }
    }

    private static func certificates(in path: String) throws(RelayError) -> [NIOSSLCertificate] {
        guard let found = try? NIOSSLCertificate.fromPEMFile(path), !found.isEmpty else { throw .authoritiesUnreadable(path: path) }
        return found
    }
}
