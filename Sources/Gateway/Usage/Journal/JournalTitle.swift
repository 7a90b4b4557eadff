#if canImport(Glibc)
    import Glibc
#endif
import Storage
package import Vocabulary

package enum JournalSubject {}
/// Names the journal of one data directory, where several write into one database.
package typealias JournalID = Identifier<JournalSubject>

extension JournalFolder {
    /// The journal's name, kept beside its segments; made where there is none yet.
    /// - Throws: `LedgerError.cannotOpen`.
    func title(at now: Timestamp) throws(LedgerError) -> JournalID {
        let file = path + "/journal.id"
        if let id = try Self.read(file) { return id }
        let id = JournalID.make(at: now)
        try Self.write(id, to: file)
        sync()
        return id
    }

    private static func read(_ file: String) throws(LedgerError) -> JournalID? {
        let descriptor = open(file, O_RDONLY | O_CLOEXEC)
        if descriptor < 0, errno == ENOENT { return nil }
        guard descriptor >= 0 else { throw LedgerError.lastError(file) }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 27)
        let count = bytes.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
        guard count >= 26, let id = JournalID(String(decoding: bytes.prefix(26), as: UTF8.self)) else {
            throw LedgerError.cannotOpen(path: file, reason: "it does not hold the journal's name; take it away and a new one is made")
        }
        return id
    }

    /// A name that is half written would be another journal's after a crash: written beside, then moved into its place.
    private static func write(_ id: JournalID, to file: String) throws(LedgerError) {
        let draft = file + ".new"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw LedgerError.lastError(draft) }
        let text = Array((id.description + "\n").utf8)
        let written = text.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) } == text.count && fsync(descriptor) == 0
        close(descriptor)
        guard written, rename(draft, file) == 0 else { throw LedgerError.lastError(file) }
    }
}
