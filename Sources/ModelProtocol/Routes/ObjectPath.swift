/// What a path below `/v1/` asks about things that a provider keeps: a collection, or one object and what belongs to it.
///
/// A path that none of the known operations is may be of either family and of any age, so only words that are known to be words pass as
/// such; any other segment is the id of an object, which somebody must own. What follows the id belongs to that object.
package struct ObjectPath: Hashable, Sendable {
    /// What is done.
    package enum Verb: Sendable {
        /// `POST` to a collection: it may make an object.
        case create
        /// `GET` of a collection.
        case list
        case use, delete
    }

    /// What the owner map keeps of an id, in bytes.
    package static let idLimit = 200

    /// The word before the id; without one the last word: `responses`, `completions`, `jobs`.
    package let collection: String
    /// Nil where a whole collection is meant.
    package let id: String?
    package let verb: Verb

    /// Nil for a verb that a whole collection must not be asked for, and for ids that nobody can own.
    init?(_ method: String, _ segments: [Substring]) {
        guard let first = segments.first else { return nil }
        let words = [first] + segments.dropFirst().prefix { Self.words.contains(String($0)) }
        collection = String(words.last ?? first)
        let rest = segments.dropFirst(words.count)
        guard let id = rest.first else {
            guard method == "POST" || method == "GET" else { return nil }
            verb = method == "POST" ? .create : .list
            id = nil
            return
        }
        guard id.utf8.count <= Self.idLimit else { return nil }
        self.id = String(id)
        verb = method == "DELETE" && rest.count == 1 ? .delete : .use
    }

    /// The second and later words of the vendors' paths that come before an id, or without one.
    private static let words: Set<String> = [
        "alpha", "calls", "cancel", "chat", "checkpoints", "client_secrets", "compact", "completions", "count_tokens", "edits",
        "embeddings", "generations", "graders", "input_tokens", "jobs", "moderations", "rerank", "run", "runs", "sessions", "speech",
        "transcription_sessions", "transcriptions", "translations", "validate", "variations",
    ]
}

/// Ids of kept objects that a body names: texts in the form of the vendors' ids, wherever they stand.
package enum ObjectReferences {
    /// More than these are nobody's: who asks refuses a body that names more.
    package static let limit = 1_000
    private static let idLimit = 128

    /// Each once, at most one more than `limit`; empty for what is no JSON. A text inside a longer text is none.
    package static func ids(in body: UnsafeRawBufferPointer) -> Set<String> {
        var cursor = JSONCursor(body)
        var watch = Watch()
        cursor.skipSpace()
        do throws(JSONFault) {
            if cursor.byte == UInt8(ascii: "[") { try watch.list(&cursor) } else { try cursor.skip(watchedBy: &watch) }
        } catch { return [] }
        return watch.ids
    }

    /// The values of the outermost object's members of this name, as texts; one that is no text of at most 128 bytes is empty. What is no
    /// JSON has none.
    package static func values(of member: StaticString, in body: UnsafeRawBufferPointer) -> [String] {
        var cursor = JSONCursor(body)
        var found: [String] = []
        do throws(JSONFault) {
            cursor.skipSpace()
            guard try cursor.entersObject() else { return [] }
            while let name = try cursor.nextName() {
                if cursor.says(name, member) { found.append(try cursor.textValue(limit: idLimit) ?? "") } else { try cursor.skip() }
            }
            guard cursor.isAtEnd() else { return [] }
        } catch { return [] }
        return found
    }

    private struct Watch: JSONWatcher {
        var ids: Set<String> = []

        mutating func takes(_ name: JSONString, _ cursor: inout JSONCursor) throws(JSONFault) -> Bool {
            switch cursor.byte {
            case UInt8(ascii: "\""): try note(&cursor)
            case UInt8(ascii: "["): try list(&cursor)
            default: return false
            }
            return true
        }

        mutating func list(_ cursor: inout JSONCursor) throws(JSONFault) {
            try cursor.enterArray()
            while try cursor.nextElement() {
                switch cursor.byte {
                case UInt8(ascii: "\""): try note(&cursor)
                case UInt8(ascii: "["): try list(&cursor)
                default: try cursor.skip(watchedBy: &self)
                }
            }
        }

        private mutating func note(_ cursor: inout JSONCursor) throws(JSONFault) {
            guard let text = try cursor.textValue(limit: idLimit), ids.count <= limit, ObjectReferences.isID(text) else { return }
            ids.insert(text)
        }
    }

    /// Whether a text has the form of an id: one of the vendors' prefixes, and six characters or more with a digit among them.
    static func isID(_ text: String) -> Bool {
        guard RelayPath.isObjectID(text), text.utf8.contains(where: { (0x30...0x39).contains($0) }) else { return false }
        return prefixes.contains { text.utf8.count >= $0.utf8.count + 6 && text.utf8.starts(with: $0.utf8) }
    }

    private static let prefixes = [
        "asst_", "batch_", "chatcmpl-", "cntr_", "container_", "conv_", "eval_", "evalrun_", "file-", "file_", "ftjob-", "msgbatch_",
        "resp_", "run_", "skill_",
        "thread_", "upload_", "video_", "vs_", "vsfb_",
    ]
}
