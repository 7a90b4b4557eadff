import FoundationEssentials
import Routing
import Vocabulary

#if canImport(Glibc)
    import Glibc
#endif

/// A note beside the journal of what keys have used that the database does not know: `unbooked-<process>`. A worker that lets the data go to
/// the next one writes it, as long as it carries streams; the next one counts it against the keys' limits until all of that is booked.
///
/// Text, one line for each key: `<key> <requests under way> <reserved> <today> <this month>`, money in nano-dollars. Where several instances share
/// a database `instance <id>` comes first: who it was there. It is a hint with a short life: a line that can't be read is left out.
struct UnbookedNote: Sendable {
    private static let prefix = "unbooked-"
    private static let title = "instance"
    /// Bytes that are read of one, and files that are looked at.
    private static let limit = 1 << 20
    private static let most = 64

    let folder: JournalFolder

    private var own: String { "\(folder.path)/\(Self.prefix)\(getpid())" }

    /// Takes the place of what this process wrote before.
    /// - Parameter instance: as whom it worked beside others; nil: there were none.
    /// - Throws: what Foundation says when it can't be written.
    func write(_ use: [KeyID: UseElsewhere], of instance: InstanceID? = nil) throws {
        let lines = use.filter { !$0.value.isNothing }.map { key, use in "\(key) \(use.open) \(use.reserved) \(use.day) \(use.month)\n" }
        guard !lines.isEmpty else { return _ = unlink(own) }
        let title = instance.map { "\(Self.title) \($0)\n" } ?? ""
        try Data((title + lines.sorted().joined()).utf8).write(to: URL(filePath: own), options: .atomic)
    }

    /// What every process together has noted, this one left out.
    func read() -> [KeyID: UseElsewhere] {
        var all: [KeyID: UseElsewhere] = [:]
        for (key, use) in lines().joined().compactMap(Self.parse) { all[key] = (all[key] ?? UseElsewhere()) + use }
        return all
    }

    /// As whom these processes worked beside others, one each.
    func instances() -> Set<InstanceID> {
        Set(lines().compactMap { $0.first.flatMap(Self.instance) })
    }

    private static func instance(_ line: Substring) -> InstanceID? {
        let words = line.split(separator: " ")
        guard words.count == 2, words.first == Substring(title) else { return nil }
        return words.last.flatMap { InstanceID(String($0)) }
    }

    /// Of each note, this process's own left out.
    private func lines() -> [[Substring]] {
        paths().filter { $0 != own }.compactMap { path in
            guard let text = try? Data(contentsOf: URL(filePath: path)), text.count <= Self.limit else { return nil }
            return String(decoding: text, as: UTF8.self).split(separator: "\n")
        }
    }

    /// Everything is booked.
    func removeAll() {
        for path in paths() { unlink(path) }
    }

    static func parse(_ line: Substring) -> (KeyID, UseElsewhere)? {
        let words = line.split(separator: " ")
        let numbers = words.dropFirst().compactMap { Int64($0) }
        guard words.count == 5, numbers.count == 4, let key = words.first.flatMap({ KeyID(String($0)) }) else { return nil }
        return (key, UseElsewhere(open: Int(clamping: numbers[0]), reserved: numbers[1], day: numbers[2], month: numbers[3]))
    }

    private func paths() -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasPrefix(Self.prefix) }.sorted().prefix(Self.most).map { "\(folder.path)/\($0)" }
    }
}
