import ArgumentParser
import Assembly
import Crashes
import FoundationEssentials
import Host
import Settings
import Vocabulary

/// `switchboard why`: works beside a running server, with a dead one, and with settings that are wrong.
struct WhyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why", abstract: "Say why the server ended, or what an exit code or signal means.",
        discussion: """
            Without arguments: the last unplanned end or refused start of the server on this data directory. `switchboard why 143`, \
            `why SIGTERM`, `why 15/TERM` explain any exit code or signal. Asks nobody: no server, no network.
            """)

    @Argument(help: "An exit code or signal: 143, SIGTERM, EX_CONFIG. Or an end, as --list shows it, or an incident's number.")
    var subject: String?

    @Flag(help: "One line for each end that is kept, the newest first.")
    var list = false

    @Flag(help: "The certificate, or the list, as JSON.")
    var json = false

    @Option(help: "en or zh; as LANG says when left out.")
    var language: CrashLanguage?

    @Option(help: "The server's data directory; as in its settings when left out.")
    var dataDir: String?

    func run() throws {
        if list { return showList() }
        if let subject {
            if EvidencePath.isName(subject) { return try show(subject) }
            if let end = store.end(ofIncident: subject.lowercased()) { return show(end) }
            return try explain(subject)
        }
        try showLast()
    }

    private var spoken: CrashLanguage { language ?? .spoken(by: ProcessInfo.processInfo.environment) }

    private func say(_ english: String, _ chinese: String) -> String { spoken == .english ? english : chinese }

    private var store: CrashStore { CrashStore(directory: directory + "/crashes") }

    /// Settings that are wrong are no reason to be silent: most of all then somebody asks why.
    private var directory: String {
        if let dataDir { return dataDir }
        let settings = Settings.salvage(
            catalogue: HouseSettings.catalogue, flags: [], environment: ProcessInfo.processInfo.environment,
            directory: FileManager.default.currentDirectoryPath)
        return settings[HouseSettings.dataDirectory]
    }

    private func explain(_ subject: String) throws {
        let meanings = ExitTable.meanings(of: subject)
        guard !meanings.isEmpty else {
            Standard.error(say("\"\(subject)\" is no exit code, signal or end", "“\(subject)”不是退出码、信号或结束记录"))
            throw ExitCode(64)
        }
        if json { return Standard.output("[\(meanings.map(\.json).joined(separator: ", "))]") }
        Standard.output(meanings.map { $0.text(in: spoken) }.joined(separator: "\n\n"))
    }

    private func show(_ id: String) throws {
        guard let certificate = store.certificate(id) else {
            Standard.error(say("there is no end \(id): `switchboard why --list` shows them", "没有结束记录 \(id)：`switchboard why --list` 列出全部"))
            throw ExitCode(66)
        }
        show(certificate)
    }

    private func show(_ found: Certificate) {
        let store = store
        var certificate = found
        let naming = store.naming(of: found, now: Age.now)
        // Nobody else will: the supervisor is gone, or its coroner failed.
        if naming == nil, found.crash != nil {
            Standard.note(say("Looking up the names of functions; this takes some seconds.", "正在查找函数名，需要数秒。"))
            certificate = store.named(found.id) ?? found
        }
        if json { return Standard.output(certificate.json.map { String(decoding: $0, as: UTF8.self) } ?? "{}") }
        Standard.output(Why(certificate, in: spoken).text(folder: store.path(certificate.id), naming: naming ?? .done))
    }

    /// The newest of what is known: an unplanned end, or a start that was refused after it.
    private func showLast() throws {
        let refusal = store.lastRefusal
        let certificate = store.newestUnplanned
        if let refusal, refusal.at >= certificate?.endedAt ?? 0 {
            return Standard.output(json ? refusal.json : refusal.text(in: spoken))
        }
        if let certificate { return show(certificate) }
        let folder = store.path("")
        Standard.output(
            json
                ? "null"
                : say(
                    "No unplanned end is known in \(folder): either there was none, or the server has another data directory (--data-dir).",
                    "\(folder) 中没有意外结束的记录：要么从未发生，要么服务使用的是其他数据目录（--data-dir）。"))
    }

    private func showList() {
        let all = store.list()
        if json { return Standard.output("[\(all.map { Why($0, in: spoken).json }.joined(separator: ",\n"))]") }
        if all.isEmpty { return Standard.output(say("No end is known.", "没有结束记录。")) }
        for one in all { Standard.output("\(one.id)  \(Why(one, in: spoken).sentence)") }
    }
}

extension CrashLanguage: ExpressibleByArgument {
    /// As the locale of a terminal says.
    fileprivate static func spoken(by environment: [String: String]) -> CrashLanguage {
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
        return locale.lowercased().hasPrefix("zh") ? .chinese : .english
    }
}
