import DeskProtocol
import Vocabulary

/// The text of a message or note.
enum MessageText {
    static let byteLimit = 40_000

    /// Cleaned, and neither empty nor too long.
    static func checked(_ text: String) throws(DeskError) -> String {
        let cleaned = cleaned(text)
        guard !cleaned.isEmpty else { throw .refused(.textEmpty, "a message has at least one character") }
        // Bytes first: counting characters of a hostile text is the slower look.
        guard cleaned.utf8.count <= byteLimit, cleaned.count <= Int(ProtocolLimits.textCharacters) else {
            throw .refused(.textTooLong, "at most \(ProtocolLimits.textCharacters) characters and \(byteLimit) bytes")
        }
        return cleaned
    }

    /// Without control characters (NUL ends a text in C, others forge log lines), and trimmed.
    static func cleaned(_ text: String) -> String {
        let isUnwanted: (UInt8) -> Bool = { $0 < 0x20 && $0 != 0x0A && $0 != 0x09 || $0 == 0x7F }
        guard text.utf8.contains(where: isUnwanted) else { return text.trimmed }
        return String(decoding: text.utf8.filter { !isUnwanted($0) }, as: UTF8.self).trimmed
    }
}
