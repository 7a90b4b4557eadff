import Glibc
import Host

/// `DATA_DIR/crashes`: one folder for each end that nobody asked for.
struct EvidenceFolder {
    let path: String

    /// Folders that stay when the coroner, who tidies up, can't run.
    private static let most = 60

    /// Where the runtime writes backtraces of a crash that is happening.
    var raw: String { path + "/raw" }

    /// Makes the folders, the data directory with them: the very first worker may crash, too. Only their owner may enter. What can't be
    /// made is the worker's to refuse.
    func prepare() {
        if mkdir(path, 0o700) != 0, errno == ENOENT {
            let folders = path.split(separator: "/").map(String.init)
            for count in 1...max(1, folders.count) { mkdir("/" + folders.prefix(count).joined(separator: "/"), 0o700) }
        }
        mkdir(raw, 0o700)
    }

    /// A new folder for this process; nil when it can't be made: evidence is worth much, but not the service.
    func folder(process: Int32, at wall: Int64) -> String? {
        prepare()
        prune()
        let folder = "\(path)/\(Clock.name(wall))-\(process)"
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { return nil }
        return folder
    }

    static func write(_ bytes: [UInt8], _ name: String, in folder: String) {
        let descriptor = open("\(folder)/\(name)", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    /// Moves what the runtime wrote of this process's crash, named `<program>-<process>-<time>.<n>.json`.
    /// - Returns: the bytes of it; nil when there is none.
    func takeBacktrace(of process: Int32, to folder: String) -> [UInt8]? {
        guard let name = backtrace(of: process) else { return nil }
        let target = "\(folder)/backtrace.json"
        guard rename("\(raw)/\(name)", target) == 0 else { return nil }
        chmod(target, 0o600)
        return ProcFile.bytes(target, limit: 4 * 1_024 * 1_024)
    }

    /// Whether the runtime has written it down to its end.
    func hasBacktrace(of process: Int32) -> Bool {
        guard let name = backtrace(of: process), let bytes = ProcFile.bytes("\(raw)/\(name)", limit: 4 * 1_024 * 1_024) else {
            return false
        }
        return RawBacktrace(json: bytes) != nil
    }

    private func backtrace(of process: Int32) -> String? {
        names(in: raw).first { $0.contains("-\(process)-") && $0.hasSuffix(".json") }
    }

    /// A start that was refused before anybody could be asked why.
    func writeRefusal(code: Int32, stage: WorkerStage, sentence: String) {
        prepare()
        var facts = DeathFacts()
        facts.add("time_ms", Clock.wall)
        facts.add("exit_code", code)
        facts.add("stage", "\(stage.number) \(stage.name)")
        facts.add("sentence", sentence)
        Self.write(Array(facts.text.utf8), "last-refusal", in: path)
    }

    /// Their names begin with the time: the first are the oldest.
    private func prune() {
        let folders = names(in: path).filter { $0.first?.isNumber == true }.sorted()
        guard folders.count >= Self.most else { return }
        for folder in folders.prefix(folders.count - Self.most + 1) {
            for file in names(in: "\(path)/\(folder)") { unlink("\(path)/\(folder)/\(file)") }
            rmdir("\(path)/\(folder)")
        }
    }

    private func names(in folder: String) -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var found: [String] = []
        while found.count < 4_096, let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if name != ".", name != ".." { found.append(name) }
        }
        return found
    }
}
