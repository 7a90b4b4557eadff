import Testing

@testable import Relay

@Suite("The name in a certificate")
struct CertificateNameTests {
    @Test(
        "is the host's, or has a star for its first label",
        arguments: [
            ("a.example", "a.example", true), ("A.Example", "a.eXample", true), ("a.example.com", "*.example.com", true),
            ("b.a.example.com", "*.example.com", false),
            ("example.com", "*.example.com", false), ("a.com", "*.com", false), ("a.example.com", "a*.example.com", false),
            ("a.example.com", "*", false),
            (".example.com", "*.example.com", false), ("", "", false), ("a.example.com", "*.*.com", false),
            ("evil.com", "a.example.com", false),
        ])
    func matches(host: String, pattern: String, isMatch: Bool) {
        #expect(CertificateName.matches(host: host, pattern: pattern) == isMatch)
    }
}
