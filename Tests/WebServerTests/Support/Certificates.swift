import Crypto
import Foundation
import TestSupport

@testable import WebServer

/// Certificates for tests, made by the server's own code.
struct Certificates {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    var files: CertificateFiles {
        CertificateFiles(certificate: directory.path + "/certificate.pem", key: directory.path + "/key.pem")
    }

    /// Writes a new certificate and its key to `files`.
    func renew() throws {
        let fresh = try TemporaryDirectory()
        let made = SelfSignedCertificate(directory: fresh.path)
        try made.ensure()
        try directory.write(fresh.bytes(of: "tls-certificate.pem"), to: "certificate.pem")
        try directory.write(fresh.bytes(of: "tls-key.pem"), to: "key.pem")
    }
}
