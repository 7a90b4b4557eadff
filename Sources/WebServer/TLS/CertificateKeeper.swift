import FoundationEssentials
import Logging
import NIOSSL
import Synchronization

/// Holds the certificate that new connections get, and looks whether its files changed. Open connections keep the one they began with.
final class CertificateKeeper: Sendable {
    private struct Held {
        var context: NIOSSLContext
        var fingerprint: CertificateFiles.Fingerprint?
        /// The last files that were refused: said once, not every time.
        var refused: CertificateFiles.Fingerprint?
        var lastRenewalLook = ContinuousClock.now
    }

    private let files: CertificateFiles
    private let selfSigned: SelfSignedCertificate?
    private let logger: Logger
    private let held: Mutex<Held>

    /// Throws a `CertificateError`: a server does not start with a broken certificate.
    init(files: CertificateFiles, selfSigned: SelfSignedCertificate? = nil, logger: Logger) throws {
        if try selfSigned?.ensure() == true {
            logger.notice("made a self-signed certificate", metadata: ["file": "\(files.certificate)"])
        }
        self.files = files
        self.selfSigned = selfSigned
        self.logger = logger
        let fingerprint = files.fingerprint
        held = Mutex(Held(context: try files.context(), fingerprint: fingerprint))
        warnOfEnd()
    }

    /// Nil when TLS is off. Throws a `CertificateError`.
    static func make(for mode: TLSMode, logger: Logger) throws -> CertificateKeeper? {
        switch mode {
        case .disabled: nil
        case .files(let certificate, let key):
            try CertificateKeeper(files: CertificateFiles(certificate: certificate, key: key), logger: logger)
        case .selfSigned(let directory):
            try selfSignedKeeper(SelfSignedCertificate(directory: directory), logger: logger)
        }
    }

    private static func selfSignedKeeper(_ certificate: SelfSignedCertificate, logger: Logger) throws -> CertificateKeeper {
        try CertificateKeeper(files: certificate.files, selfSigned: certificate, logger: logger)
    }

    /// For a new connection.
    var context: NIOSSLContext { held.withLock { $0.context } }

    /// Until cancelled: looks at the files every `interval`.
    func watch(every interval: Duration = .seconds(10)) async {
        while !Task.isCancelled {
            try? await Task.sleep(for: interval)
            if Task.isCancelled { return }
            renewIfOurs()
            reload()
        }
    }

    /// Takes what is in the files if that changed and is whole. Returns whether a new certificate is in use.
    @discardableResult
    func reload() -> Bool {
        guard let found = files.fingerprint, isNews(found) else { return false }
        do {
            let context = try files.context()
            held.withLock { held in
                held.context = context
                held.fingerprint = found
                held.refused = nil
            }
            logger.notice("took the new certificate into use", metadata: ["file": "\(files.certificate)"])
            warnOfEnd()
            return true
        } catch {
            held.withLock { $0.refused = found }
            let code = (error as? CertificateError)?.code ?? "web.certificate_unusable"
            logger.error("kept the old certificate because the new one can't be used", metadata: ["code": "\(code)", "reason": "\(error)"])
            return false
        }
    }

    private func isNews(_ found: CertificateFiles.Fingerprint) -> Bool {
        held.withLock { $0.fingerprint != found && $0.refused != found }
    }

    /// Once an hour is often enough for a month's notice.
    private func renewIfOurs() {
        guard let selfSigned else { return }
        let isDue = held.withLock { held in
            guard held.lastRenewalLook.duration(to: .now) > .seconds(3_600) else { return false }
            held.lastRenewalLook = .now
            return true
        }
        guard isDue else { return }
        do {
            try selfSigned.ensure()
        } catch {
            logger.error("could not renew the self-signed certificate", metadata: ["reason": "\(error)"])
        }
    }

    private func warnOfEnd() {
        guard let end = SelfSignedCertificate.end(of: files.certificate) else { return }
        let days = Int((end.timeIntervalSinceNow / 86_400).rounded(.down))
        if days < 14 { logger.warning("the certificate ends soon", metadata: ["file": "\(files.certificate)", "days": "\(days)"]) }
    }
}

extension WebServerConfiguration {
    /// Whether the certificate's files can be used, before anything else is done. One of our own making is made by the server itself.
    /// - Throws: `WebServerError.certificate`.
    package func checkCertificate() throws(WebServerError) {
        guard case .files(let certificate, let key) = tls else { return }
        do {
            _ = try CertificateFiles(certificate: certificate, key: key).context()
        } catch let error as CertificateError {
            throw .certificate(error)
        } catch {
            throw .certificate(.unusable(certificate: certificate, reason: "\(error)"))
        }
    }
}
