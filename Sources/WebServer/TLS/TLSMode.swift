/// Whether and with which certificate the server speaks TLS.
package enum TLSMode: Sendable, Equatable {
    /// Plain HTTP only.
    case disabled
    /// A certificate of our own making, kept and renewed in `directory`.
    case selfSigned(directory: String)
    /// PEM files: the certificate with its chain, and its key. Read again when they change.
    case files(certificate: String, key: String)
}
