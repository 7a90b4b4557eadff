/// Whether the way to a server that several instances share is encrypted.
package enum TransportSecurity: String, Hashable, Sendable, CaseIterable {
    case off
    /// Encrypted, or no connection; whose certificate it is isn't asked.
    case required
    /// Encrypted, and the certificate must be the host's, by an authority that is believed.
    case verify
}
