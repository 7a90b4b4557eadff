package import Storage
import Vocabulary

/// An address that signs in: trimmed and in lower case, so that two spellings are one member.
///
/// ASCII only, by the rule of the HTML standard's `type=email`: Unicode in it would let two addresses look alike, and browsers write
/// international domains in ASCII anyway.
package struct EmailAddress: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    /// Nil unless it is `local@domain` of at most 254 characters.
    package init?(_ typed: String) {
        guard typed.utf8.count <= 1_000 else { return nil }
        let text = typed.trimmed.lowercased()
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard text.utf8.count <= 254, parts.count == 2, let local = parts.first, let domain = parts.last, Self.isLocal(local),
            Self.isDomain(domain)
        else { return nil }
        self.text = text
    }

    static func checked(_ typed: String) throws(FieldFault) -> EmailAddress {
        guard let address = EmailAddress(typed) else { throw FieldFault(field: .email, reason: .email) }
        return address
    }

    /// What stands before the `@`.
    package var local: Substring { text.prefix { $0 != "@" } }

    package var description: String { text }

    private static func isLocal(_ part: Substring) -> Bool {
        (1...64).contains(part.utf8.count) && part.utf8.allSatisfy { isAlphanumeric($0) || localMarks.contains($0) }
    }

    private static func isDomain(_ part: Substring) -> Bool {
        part.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                && label.utf8.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
        }
    }

    private static let localMarks = Set(".!#$%&'*+/=?^_`{|}~-".utf8)

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
    }
}

extension EmailAddress: SQLConvertible {
    /// Taken as it is: it was checked when it was written, and a stricter rule of tomorrow must lock nobody out.
    package init?(sqlValue: SQLValue) {
        guard let text = String(sqlValue: sqlValue) else { return nil }
        self.text = text
    }

    package var sqlValue: SQLValue { .text(text) }
}
