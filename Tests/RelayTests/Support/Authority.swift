import Crypto
import Foundation
import NIOSSL
import SwiftASN1
import TestSupport
import X509

/// A private authority that signs nodes' certificates.
struct Authority {
    private let key = P256.Signing.PrivateKey()
    private let name: DistinguishedName
    private let certificate: Certificate
    private let directory: TemporaryDirectory

    init() throws {
        name = try DistinguishedName { CommonName("Lantern Test Authority") }
        directory = try TemporaryDirectory()
        certificate = try Certificate(
            version: .v3, serialNumber: .init(), publicKey: .init(key.publicKey), notValidBefore: Date.now.addingTimeInterval(-86_400),
            notValidAfter: Date.now.addingTimeInterval(86_400), issuer: name, subject: name, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
                Critical(KeyUsage(keyCertSign: true))
            },
            issuerPrivateKey: .init(key))
        try directory.write(certificate.serializeAsPEM().pemString, to: "authority.pem")
    }

    /// Where its own certificate is, in PEM.
    var path: String { directory.path + "/authority.pem" }

    /// What a node of that name shows; `age` is added to both ends of its validity.
    func context(dns: String? = nil, address: [UInt8]? = nil, age: TimeInterval = 0) throws -> NIOSSLContext {
        let own = P256.Signing.PrivateKey()
        var names: [GeneralName] = []
        if let dns { names.append(.dnsName(dns)) }
        if let address { names.append(.ipAddress(ASN1OctetString(contentBytes: address[...]))) }
        let made = try Certificate(
            version: .v3, serialNumber: .init(), publicKey: .init(own.publicKey), notValidBefore: Date.now.addingTimeInterval(-3_600 + age),
            notValidAfter: Date.now.addingTimeInterval(3_600 + age), issuer: name, subject: try DistinguishedName { CommonName("node") },
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                try ExtendedKeyUsage([.serverAuth])
                SubjectAlternativeNames(names)
            },
            issuerPrivateKey: .init(key))
        let certificate = try NIOSSLCertificate(bytes: Array(made.serializeAsPEM().pemString.utf8), format: .pem)
        let key = try NIOSSLPrivateKey(bytes: Array(own.pemRepresentation.utf8), format: .pem)
        return try NIOSSLContext(
            configuration: .makeServerConfiguration(certificateChain: [.certificate(certificate)], privateKey: .privateKey(key)))
    }
}
