import Foundation
import Logging
import TestSupport
import Testing

@testable import WebServer

@Suite("Certificates")
struct CertificateTests {
    @Test("of our own making are kept, with a key that only we can read")
    func selfSigned() throws {
        let directory = try TemporaryDirectory()
        let certificate = SelfSignedCertificate(directory: directory.path + "/deep/tls")
        #expect(try certificate.ensure())
        let first = try directory.bytes(of: "deep/tls/tls-certificate.pem")
        #expect(try directory.mode(of: "deep/tls/tls-key.pem") == 0o600)
        #expect(try !certificate.ensure())
        #expect(try directory.bytes(of: "deep/tls/tls-certificate.pem") == first)
        _ = try certificate.files.context()
    }

    @Test("of our own making are renewed when less than 30 days are left")
    func renewal() throws {
        let directory = try TemporaryDirectory()
        let certificate = SelfSignedCertificate(directory: directory.path)
        try certificate.ensure(now: Date(timeIntervalSinceNow: -336 * 86_400))
        #expect(try certificate.ensure())
        let end = try #require(SelfSignedCertificate.end(of: certificate.files.certificate))
        #expect(end.timeIntervalSinceNow > 360 * 86_400)
    }

    @Test("that are missing, broken or of another key are refused with a code and the file's name")
    func refusals() throws {
        let certificates = try Certificates()
        #expect(code(of: certificates.files) == "web.certificate_unreadable")
        try certificates.renew()
        #expect(code(of: certificates.files) == nil)
        let key = try certificates.directory.bytes(of: "key.pem")
        try certificates.directory.write("no PEM at all", to: "key.pem")
        #expect(code(of: certificates.files) == "web.certificate_not_pem")
        try certificates.renew()
        try certificates.directory.write(key, to: "key.pem")
        #expect(code(of: certificates.files) == "web.certificate_key_mismatch")
        try certificates.directory.write("", to: "certificate.pem")
        #expect(code(of: certificates.files) == "web.certificate_not_pem")
    }

    @Test("change for new connections when the files do, and stay when the new ones are broken")
    func reload() throws {
        let certificates = try Certificates()
        try certificates.renew()
        let log = CapturedLog()
        let keeper = try CertificateKeeper(files: certificates.files, logger: log.logger())
        let first = keeper.context
        #expect(!keeper.reload())
        #expect(keeper.context === first)
        try certificates.renew()
        #expect(keeper.reload())
        let second = keeper.context
        #expect(second !== first)
        try certificates.directory.write("broken", to: "certificate.pem")
        #expect(!keeper.reload())
        #expect(!keeper.reload())
        #expect(keeper.context === second)
        let complaints = log.lines.filter { $0.contains("kept the old certificate") }
        #expect(complaints.count == 1 && complaints.allSatisfy { $0.contains("web.certificate_not_pem") })
        try certificates.renew()
        #expect(keeper.reload())
    }

    private func code(of files: CertificateFiles) -> String? {
        do {
            _ = try files.context()
            return nil
        } catch {
            #expect("\(error)".contains(files.certificate) || "\(error)".contains(files.key))
            return (error as? CertificateError)?.code
        }
    }
}
