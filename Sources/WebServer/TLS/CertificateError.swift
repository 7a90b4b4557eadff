/// Why a certificate or key can't be used. The text names the file and what to do.
package enum CertificateError: Error, Equatable {
    case unreadable(file: String, reason: String)
    case notPEM(file: String, reason: String)
    case keyDoesNotMatch(certificate: String, key: String)
    case unusable(certificate: String, reason: String)
    case notWritable(file: String, reason: String)

    /// Stable, for logs and tests.
    package var code: String {
        switch self {
        case .unreadable: "web.certificate_unreadable"
        case .notPEM: "web.certificate_not_pem"
        case .keyDoesNotMatch: "web.certificate_key_mismatch"
        case .unusable: "web.certificate_unusable"
        case .notWritable: "web.certificate_not_writable"
        }
    }
}

extension CertificateError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreadable(let file, let reason): "can't read \(file): \(reason)"
        case .notPEM(let file, let reason): "\(file) holds no usable PEM: \(reason)"
        case .keyDoesNotMatch(let certificate, let key): "the key in \(key) does not belong to the certificate in \(certificate)"
        case .unusable(let certificate, let reason): "the certificate in \(certificate) can't be used: \(reason)"
        case .notWritable(let file, let reason): "can't write \(file): \(reason)"
        }
    }
}
