import FoundationEssentials
import Routing
import Vocabulary

#if canImport(Glibc)
    import Glibc
#endif

/// A note beside the journal of what keys have used that the database does not know: `unbooked-<process>`. A worker that lets the data go to
/// the next one writes it, as long as it carries streams; the next one counts it against the keys' limits until all of that is booked.
///
/// Text, one line for each key: `<key> <requests under way> <reserved> <today> <this month>`, money in nano-dollars. It is a hint with a short
/// life: a line that can't be read is left out.
struct UnbookedNote: Sendable {
    private static let prefix = "unbooked-"
    /// Bytes that are read of one, and files that are looked at.
    private static let limit = 1 << 20
    private static let most = 64

    let folder: JournalFolder

    private var own: String { "\(folder.path)/\(Self.prefix)\(getpid())" }

    /// Takes the place of what this process wrote before.
    /// - Throws: what Foundation says when it can't be written.
    func write(_ use: [KeyID: UseElsewhere]) throws {
        let lines = use.filter { !$0.value.isNothing }.map { key, use in "\(key) \(use.open) \(use.reserved) \(use.day) \(use.month)\n" }
        guard !lines.isEmpty else { return _ = unlink(own) }
        try Data(lines.sorted().joined().utf8).write(to: URL(filePath: own), options: .atomic)
    }

    /// What every process together has noted, this one left out.
    func read() -> [KeyID: UseElsewhere] {
        var all: [KeyID: UseElsewhere] = [:]
        for path in paths() where path != own {
            guard let text = try? Data(contentsOf: URL(filePath: path)), text.count <= Self.limit else { continue }
            for (key, use) in String(decoding: text, as: UTF8.self).split(separator: "\n").compactMap(Self.parse) {
                all[key] = (all[key] ?? UseElsewhere()) + use
            }
        }
        return all
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
