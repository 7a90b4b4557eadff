import Vocabulary

/// A name that others read: 1–100 characters in any script, on one line.
struct DisplayName: Hashable, Sendable {
    let text: String

    init(_ typed: String, field: FieldFault.Field) throws(FieldFault) {
        // Bytes first: a single character may hide kilobytes of combining marks.
        guard typed.utf8.count <= 4_000 else { throw FieldFault(field: field, reason: .nameLength) }
        let text = typed.trimmed
        guard (1...100).contains(text.count), text.utf8.count <= 400 else { throw FieldFault(field: field, reason: .nameLength) }
        guard text.unicodeScalars.contains(where: Self.isVisible), !text.unicodeScalars.contains(where: Self.isForbidden) else {
            throw FieldFault(field: field, reason: .nameCharacters)
        }
        self.text = text
    }

    /// Threat: a name of joiners and fillers only looks like nobody at all.
    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        !scalar.properties.isDefaultIgnorableCodePoint && !scalar.properties.isWhitespace
    }

    /// Control characters and line breaks, which forge log lines, and directional overrides, which make a name read as another.
    private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        default: (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
        }
    }
}
