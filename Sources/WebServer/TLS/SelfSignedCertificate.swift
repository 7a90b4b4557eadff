import Crypto
import FoundationEssentials
import SwiftASN1
import X509

#if canImport(Glibc)
    import Glibc
#endif

/// A certificate of our own making, kept in a directory: enough to encrypt, and to be trusted by hand.
struct SelfSignedCertificate: Sendable {
    let directory: String

    private static let lifetime: TimeInterval = 365 * 86_400
    /// Renewed when less is left.
    static let renewal: TimeInterval = 30 * 86_400

    var files: CertificateFiles {
        CertificateFiles(certificate: directory + "/tls-certificate.pem", key: directory + "/tls-key.pem")
    }

    /// Makes one unless a good one is there. Returns whether it did. Throws a `CertificateError`.
    @discardableResult
    func ensure(now: Date = Date()) throws -> Bool {
        if let end = Self.end(of: files.certificate), end.timeIntervalSince(now) >= Self.renewal, access(files.key, R_OK) == 0 {
            return false
        }
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        } catch {
            throw CertificateError.notWritable(file: directory, reason: "\(error)")
        }
        let made: (certificate: String, key: String)
        do {
            made = try Self.make(hostName: Self.hostName(), now: now)
        } catch {
            throw CertificateError.unusable(certificate: files.certificate, reason: "\(error)")
        }
        try Self.write(made.key, to: files.key, mode: 0o600)
        try Self.write(made.certificate, to: files.certificate, mode: 0o644)
        return true
    }

    /// When the certificate in `file` ends; nil when there is none that can be read.
    static func end(of file: String) -> Date? {
        guard let bytes = try? Data(contentsOf: URL(filePath: file)), let text = String(data: bytes, encoding: .utf8) else { return nil }
        return (try? Certificate(pemEncoded: text))?.notValidAfter
    }

    private static func make(hostName: String, now: Date) throws -> (certificate: String, key: String) {
        let key = P256.Signing.PrivateKey()
        let name = try DistinguishedName { CommonName(hostName) }
        let certificate = try Certificate(
            version: .v3, serialNumber: .init(), publicKey: .init(key.publicKey), notValidBefore: now.addingTimeInterval(-3_600),
            notValidAfter: now.addingTimeInterval(lifetime), issuer: name, subject: name, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([.serverAuth])
                SubjectAlternativeNames(names(hostName: hostName))
            },
            issuerPrivateKey: .init(key))
        return (try certificate.serializeAsPEM().pemString, key.pemRepresentation)
    }

    private static func names(hostName: String) -> [GeneralName] {
        let loopback6: [UInt8] = Array(repeating: 0, count: 15) + [1]
        var names: [GeneralName] = [
            .dnsName("localhost"), .ipAddress(ASN1OctetString(contentBytes: [127, 0, 0, 1])),
            .ipAddress(ASN1OctetString(contentBytes: loopback6[...])),
        ]
        if hostName != "localhost" { names.insert(.dnsName(hostName), at: 0) }
        return names
    }

    /// Only what a DNS name may hold; otherwise "localhost".
    private static func hostName() -> String {
        var bytes = [CChar](repeating: 0, count: 254)
        guard gethostname(&bytes, bytes.count - 1) == 0 else { return "localhost" }
        let name = String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self).lowercased()
        let isDNS =
            !name.isEmpty && name.utf8.count <= 63
            && name.utf8.allSatisfy { WebOrigin.isHostByte($0) && $0 != 0x5B && $0 != 0x5D && $0 != 0x3A }
        return isDNS ? name : "localhost"
    }

    /// In one step, so that nobody reads half a file; never readable by others in between.
    private static func write(_ text: String, to file: String, mode: mode_t) throws {
        let draft = file + ".new"
        unlink(draft)
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw CertificateError.notWritable(file: file, reason: String(cString: strerror(errno))) }
        let bytes = Array(text.utf8)
        let isWritten = Glibc.write(descriptor, bytes, bytes.count) == bytes.count && fsync(descriptor) == 0
        close(descriptor)
        guard isWritten, rename(draft, file) == 0 else {
            throw CertificateError.notWritable(file: file, reason: String(cString: strerror(errno)))
        }
    }
}
