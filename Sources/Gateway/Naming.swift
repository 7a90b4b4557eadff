import Vocabulary

/// The rules that names and labels of this room share.
enum Naming {
    /// 1–100 characters on one line, of which at least one can be seen.
    static func name(_ typed: String, field: String = "name") throws(GatewayFault) -> String {
        // Bytes first: a single character may hide kilobytes of combining marks.
        guard typed.utf8.count <= 4_000 else { throw length(field) }
        let name = typed.trimmed
        guard (1...100).contains(name.count), name.utf8.count <= 400 else { throw length(field) }
        let scalars = name.unicodeScalars
        guard scalars.contains(where: isVisible), !scalars.contains(where: isForbidden) else {
            throw GatewayFault(
                field, "characters", "Leave out line breaks, control characters and signs that turn the direction of writing.")
        }
        return name
    }

    /// A short ASCII label such as `org-1`, in letters, digits and `._:/@-`.
    static func label(_ typed: String, field: String) throws(GatewayFault) -> String {
        let isFine = (1...64).contains(typed.utf8.count) && typed.utf8.allSatisfy { isAlphanumeric($0) || labelMarks.contains($0) }
        guard isFine else { throw GatewayFault(field, "label", "1 to 64 ASCII letters, digits and . _ : / @ -") }
        return typed
    }

    /// The id of a model: 1–200 visible ASCII characters without quotes, backslash and `*`.
    static func model(_ typed: String, field: String) throws(GatewayFault) -> String {
        guard isModel(typed) else { throw GatewayFault(field, "model", "1 to 200 visible ASCII characters without quotes, \\ and *") }
        return typed
    }

    /// A model's id in which `*` stands for any characters; at most 8 of them.
    static func pattern(_ typed: String, field: String) throws(GatewayFault) -> String {
        let stars = typed.utf8.count { $0 == UInt8(ascii: "*") }
        let rest = typed.filter { $0 != "*" }
        guard typed.utf8.count <= 200, stars <= 8, stars > 0 || !rest.isEmpty, rest.isEmpty || isModel(rest) else {
            throw GatewayFault(field, "pattern", "A model's id of at most 200 characters, with * for any characters (at most 8 of them)")
        }
        return typed
    }

    private static func length(_ field: String) -> GatewayFault {
        GatewayFault(field, "length", "Give it 1 to 100 characters.")
    }

    private static func isModel(_ text: String) -> Bool {
        (1...200).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") && $0 != UInt8(ascii: "*")
            }
    }

    private static let labelMarks = Set("._:/@-".utf8)

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte) || (0x30...0x39).contains(byte)
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
