import Host
import FoundationEssentials
import NIOSSL
import SwiftASN1
import Vocabulary
import X509

/// The certificate and its key.
enum TLSChecks {
    static let all = [readable, matching, expiry, names, chain]

    private static let warnDays = 14.0

    private static let readable = Check("TLS-001", "certificate and key can be read", .critical) { subject in
        guard let files = subject.certificate else { return notFiles(subject) }
        for file in [files.certificate, files.key] {
            guard let reason = FileFacts.reason(file, 4) else { continue }
            return .fail(
                "\(file) can't be read: \(reason)",
                [Finding.Remedy("ls -l \(file)"), Finding.Remedy("chown or chmod it for the server's user")],
                ["file": file])
        }
        do {
            _ = try chainOf(files)
            return .well(["certificate": files.certificate, "key": files.key])
        } catch {
            return .fail("\(files.certificate) holds no certificate in PEM form", [Finding.Remedy("head -1 \(files.certificate)")])
        }
    }

    private static let matching = Check("TLS-002", "the key belongs to the certificate", .critical) { subject in
        guard let files = subject.certificate else { return notFiles(subject) }
        guard let chain = try? NIOSSLCertificate.fromPEMFile(files.certificate), !chain.isEmpty else { return .skip("see TLS-001") }
        guard FileFacts.reason(files.key, 4) == nil else { return .skip("see TLS-001") }
        guard let key = try? NIOSSLPrivateKey(file: files.key, format: .pem) else {
            return .fail("\(files.key) holds no usable private key", [Finding.Remedy("openssl pkey -in \(files.key) -noout")])
        }
        let configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        guard (try? NIOSSLContext(configuration: configuration)) == nil else { return .well() }
        return .fail(
            "the key in \(files.key) does not belong to the certificate in \(files.certificate)",
            [Finding.Remedy("openssl x509 -in \(files.certificate) -noout -pubkey; openssl pkey -in \(files.key) -pubout")])
    }

    private static let expiry = Check("TLS-003", "a certificate that is valid now", .critical) { subject in
        guard let leaf = try leaf(of: subject) else { return notFiles(subject) }
        let now = Date(timeIntervalSince1970: Double(subject.now.milliseconds) / 1_000)
        let evidence = ["from": "\(leaf.notValidBefore)", "until": "\(leaf.notValidAfter)", "now": "\(now)"]
        let days = leaf.notValidAfter.timeIntervalSince(now) / 86_400
        let renew = Finding.Remedy("renew the certificate; the server takes the new files by itself")
        if now < leaf.notValidBefore {
            return .fail(
                "the certificate is not valid before \(leaf.notValidBefore)", [renew, Finding.Remedy("date; is the clock right?")], evidence
            )
        }
        if days <= 0 { return .fail("the certificate expired on \(leaf.notValidAfter)", [renew], evidence) }
        if days < warnDays { return .warn("the certificate expires in \(Int(days)) days", [renew], evidence) }
        return .well(evidence)
    }

    private static let names = Check("TLS-004", "a certificate for the name that browsers use") { subject in
        guard let leaf = try leaf(of: subject) else { return notFiles(subject) }
        guard let host = hostName(subject.publicURL) else { return .skip("PUBLIC_URL names no host") }
        let found = names(of: leaf)
        guard !found.contains(where: { covers($0, host) }) else { return .well(["names": found.joined(separator: ", ")]) }
        return .fail(
            "the certificate is not for \(host)", [Finding.Remedy("get a certificate that names \(host)")],
            ["names": found.joined(separator: ", ")])
    }

    private static let chain = Check("TLS-005", "the whole chain is sent", .warn) { subject in
        guard let files = subject.certificate else { return notFiles(subject) }
        let chain = try chainOf(files)
        guard let leaf = chain.first else { return .skip("see TLS-001") }
        for (lower, upper) in zip(chain, chain.dropFirst()) where lower.issuer != upper.subject {
            return .fail(
                "the certificates in \(files.certificate) are not in order: each must be followed by the one that signed it",
                [Finding.Remedy("cat leaf.pem intermediate.pem > \(files.certificate)")])
        }
        guard chain.count == 1, leaf.issuer != leaf.subject else { return .well(["certificates": "\(chain.count)"]) }
        return .warn(
            "only one certificate is sent, signed by \(leaf.issuer): many clients will not find the one between",
            [Finding.Remedy("append the intermediate certificate to \(files.certificate)")])
    }

    private static func notFiles(_ subject: Subject) -> Finding { .skip("TLS_MODE=\(subject.tlsMode)") }

    private static func chainOf(_ files: Subject.Certificate) throws -> [Certificate] {
        let text = String(decoding: try Data(contentsOf: URL(filePath: files.certificate)), as: UTF8.self)
        let found = try PEMDocument.parseMultiple(pemString: text).map { try Certificate(pemDocument: $0) }
        guard !found.isEmpty else { throw Empty() }
        return found
    }

    private struct Empty: Error {}

    private static func leaf(of subject: Subject) throws -> Certificate? {
        try subject.certificate.flatMap { try chainOf($0).first }
    }

    private static func names(of leaf: Certificate) -> [String] {
        guard let alternatives = try? leaf.extensions.subjectAlternativeNames else { return [] }
        return alternatives.compactMap { name in
            if case .dnsName(let text) = name { text } else { nil }
        }
    }

    static func hostName(_ url: String) -> String? {
        let parts = url.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count > 2, parts[1].isEmpty else { return nil }
        let host = parts[2].prefix { $0 != ":" }
        return host.isEmpty || host.allSatisfy { $0.isNumber || $0 == "." } ? nil : String(host).lowercased()
    }

    /// A star stands for one label (RFC 6125 section 6.4.3).
    static func covers(_ name: String, _ host: String) -> Bool {
        let name = name.lowercased()
        if name == host { return true }
        guard name.hasPrefix("*."), let dot = host.firstIndex(of: ".") else { return false }
        return host[dot...] == name.dropFirst()
    }
}
