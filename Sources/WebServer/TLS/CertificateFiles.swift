import FoundationEssentials
import NIOHTTP2
import NIOSSL

#if canImport(Glibc)
    import Glibc
#endif

/// A certificate with its chain and its key, as two PEM files.
struct CertificateFiles: Sendable, Equatable {
    let certificate: String
    let key: String

    /// What changes when either file is replaced or rewritten.
    struct Fingerprint: Equatable {
        fileprivate struct Mark: Equatable {
            let size: UInt64?
            let number: UInt64?
            let written: Date?
        }

        fileprivate let marks: [Mark]
    }

    /// Nil while one of them can't be looked at.
    var fingerprint: Fingerprint? {
        let marks = [certificate, key].compactMap { file -> Fingerprint.Mark? in
            guard let found = try? FileManager.default.attributesOfItem(atPath: file) else { return nil }
            return Fingerprint.Mark(
                size: (found[.size] as? any BinaryInteger).map { UInt64(clamping: $0) },
                number: (found[.systemFileNumber] as? any BinaryInteger).map { UInt64(clamping: $0) },
                written: found[.modificationDate] as? Date)
        }
        return marks.count == 2 ? Fingerprint(marks: marks) : nil
    }

    /// For new connections: TLS 1.2 or later, HTTP/2 or HTTP/1.1. Throws a `CertificateError`.
    func context() throws -> NIOSSLContext {
        let chain = try parse(certificate) { try NIOSSLCertificate.fromPEMBytes($0) }
        guard !chain.isEmpty else { throw CertificateError.notPEM(file: certificate, reason: "it has no certificate") }
        let privateKey = try parse(key) { try NIOSSLPrivateKey(bytes: $0, format: .pem) }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(privateKey))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = NIOHTTP2SupportedALPNProtocols
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch let error as NIOSSLError where error == .failedToLoadPrivateKey {
            // It was good PEM, so what is wrong is that it belongs to another certificate.
            throw CertificateError.keyDoesNotMatch(certificate: certificate, key: key)
        } catch {
            throw CertificateError.unusable(certificate: certificate, reason: "\(error)")
        }
    }

    private func parse<Value>(_ file: String, as read: ([UInt8]) throws -> Value) throws -> Value {
        let bytes: Data
        do {
            bytes = try Data(contentsOf: URL(filePath: file))
        } catch {
            throw CertificateError.unreadable(file: file, reason: FileReason.text(of: file))
        }
        do {
            return try read(Array(bytes))
        } catch {
            // The library's words may not quote the key; they name the parser's state only.
            throw CertificateError.notPEM(file: file, reason: "\(error)")
        }
    }
}

/// Why a file can't be read, in words.
enum FileReason {
    static func text(of file: String) -> String {
        access(file, R_OK) == 0 ? "reading it failed" : String(cString: strerror(errno))
    }
}
