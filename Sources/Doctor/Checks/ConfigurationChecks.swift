import Host

/// The settings.
enum ConfigurationChecks {
    static let all = [readable, tests, plain, proxies, verbose, environmentFile]

    private static let readable = Check("CONF-001", "settings that the server takes", .critical) { subject in
        guard let first = subject.settingsProblems.first else { return .well() }
        let more = subject.settingsProblems.count - 1
        return .fail(
            first + (more > 0 ? " (and \(more) more)" : ""), [Finding.Remedy("switchboard config")],
            Dictionary(subject.settingsProblems.prefix(10).enumerated().map { ("problem \($0.offset + 1)", $0.element) }) { first, _ in
                first
            })
    }

    private static let tests = Check("CONF-002", "nothing that is for tests only", .warn) { subject in
        guard !subject.testSwitches.isEmpty else { return .well() }
        return .warn(
            "\(subject.testSwitches.joined(separator: " and ")) is for tests",
            subject.testSwitches.map { Finding.Remedy("take \($0) out of the settings") })
    }

    private static let plain = Check("CONF-003", "HTTP without TLS only on this machine or behind a proxy") { subject in
        guard subject.tlsMode == "disabled", subject.allowsPlainHTTP, let listen = subject.listens.first,
            !["127.0.0.1", "::1", "localhost"].contains(listen.host)
        else { return .well() }
        guard subject.publicURL.hasPrefix("https://") else {
            return .warn(
                "passwords and messages travel readable: plain HTTP on \(listen.host), and PUBLIC_URL names no proxy that speaks TLS",
                [Finding.Remedy("TLS_MODE=self-signed or files, or PUBLIC_URL=https://… of the proxy in front")], ["bind": listen.host])
        }
        return .well(["public": subject.publicURL])
    }

    private static let proxies = Check("CONF-004", "whom to believe where a visitor comes from", .warn) { subject in
        guard !subject.publicURL.isEmpty, subject.trustedProxies.isEmpty else { return .well() }
        return .warn(
            "PUBLIC_URL says that a proxy is in front, but TRUSTED_PROXIES is empty: all visitors seem to come from one address and share its limits",
            [Finding.Remedy("TRUSTED_PROXIES=<address of the proxy>")])
    }

    private static let verbose = Check("CONF-005", "a log that does not drown what matters", .info) { subject in
        guard ["trace", "debug"].contains(subject.logLevel) else { return .well(["level": subject.logLevel]) }
        return .warn(
            "LOG_LEVEL=\(subject.logLevel) writes much more than a production server needs; the flight recorder keeps these records anyway",
            [Finding.Remedy("LOG_LEVEL=info, and `switchboard level debug 900` when needed")])
    }

    private static let environmentFile = Check("CONF-006", "settings that only their owner reads") { subject in
        guard let file = subject.environmentFile, let facts = FileFacts(file) else { return .skip("no .env file") }
        guard facts.mode & 0o044 != 0 else { return .well(["file": file, "mode": facts.modeText]) }
        return .warn(
            "\(file) can be read by others (\(facts.modeText)) and may hold secrets", [Finding.Remedy("chmod 600 \(file)")],
            ["file": file, "mode": facts.modeText])
    }
}
