import Host

/// Who else could read or do what is only the server's.
enum SecurityChecks {
    static let all = [folder, secrets, certificateKey, root, commandLine]

    private static let folder = Check("SEC-001", "a data directory that is only its owner's") { subject in
        guard let facts = FileFacts(subject.dataDirectory) else { return .skip("no data directory") }
        guard facts.isOpenToOthers else { return .well(["mode": facts.modeText]) }
        return .fail(
            "\(subject.dataDirectory) is open to others (\(facts.modeText)): it holds every message",
            [Finding.Remedy("chmod 700 \(subject.dataDirectory)")],
            ["mode": facts.modeText])
    }

    private static let secrets = Check("SEC-002", "secrets that only their owner reads", .critical) { subject in
        let files = ["house.key", "tls/key.pem", "switchboard.sqlite"].map { subject.dataDirectory + "/" + $0 }
        let open = files.compactMap { file in FileFacts(file).map { (file, $0) } }.filter { $0.1.isOpenToOthers }
        guard let (file, facts) = open.first else { return .well() }
        return .fail(
            "\(file) can be read by others (\(facts.modeText))", open.map { Finding.Remedy("chmod 600 \($0.0)") }, ["mode": facts.modeText])
    }

    private static let certificateKey = Check("SEC-003", "a TLS key that only few read") { subject in
        guard let key = subject.certificate?.key, let facts = FileFacts(key) else { return .skip("TLS_MODE=\(subject.tlsMode)") }
        guard facts.mode & 0o007 != 0 else { return .well(["mode": facts.modeText]) }
        return .fail("\(key) can be read by everybody (\(facts.modeText))", [Finding.Remedy("chmod 600 \(key)")], ["mode": facts.modeText])
    }

    private static let root = Check("SEC-004", "a server without the system's highest rights", .warn) { subject in
        guard let holder = ProcessChecks.family(of: subject).compactMap({ ProcessFacts.read($0) }).first else {
            return .skip("the server does not run")
        }
        guard holder.user == 0 else { return .well(["user": "\(holder.user)"]) }
        return .warn(
            "the server runs as root: whoever gets the better of it has the whole machine",
            [Finding.Remedy("run it as a user of its own: see packaging/switchboard.service")], ["user": "0"])
    }

    private static let commandLine = Check("SEC-005", "no secret on a command line") { subject in
        let names = ["--house-key", "--metrics-token", "--upstream-api-key"]
        for process in ProcessChecks.family(of: subject) {
            guard let line = ProcFile.text("/proc/\(process)/cmdline"), let name = names.first(where: line.contains) else { continue }
            return .fail(
                "\(name) is on the command line of process \(process): everybody on this machine can read it",
                [Finding.Remedy("put it into the environment file instead")], ["process": "\(process)"])
        }
        return .well()
    }
}
