package import Vocabulary

/// One line of the audit log.
package struct AuditEntry: Hashable, Sendable {
    package let at: Timestamp
    /// Nil for a command and for the environment.
    package let member: MemberID?
    /// As it was then.
    package let memberName: String
    package let origin: AuditOrigin
    /// `node.changed`.
    package let action: String
    /// The id of what was changed, or the name of a setting.
    package let subject: String
    /// Its name after the change (before, where it is gone).
    package let name: String
    package let changes: [AuditChange]
}

/// What became of one field. Secrets read `•••` on both sides.
package struct AuditChange: Hashable, Sendable {
    package let field: String
    /// Nil: there was none.
    package let from: String?
    /// Nil: there is none.
    package let to: String?

    /// What differs between two lists of the same fields; either is empty when its side doesn't exist.
    static func between(_ old: [AuditField], and new: [AuditField]) -> [AuditChange] {
        let names = (new.isEmpty ? old : new).map(\.name)
        return names.compactMap { name in
            let (before, after) = (old.first { $0.name == name }, new.first { $0.name == name })
            guard before?.value != after?.value else { return nil }
            return AuditChange(field: name, from: before?.shown, to: after?.shown)
        }
    }
}

/// A field as the audit log compares and shows it.
struct AuditField {
    let name: String
    let value: String?
    let isSecret: Bool

    init(_ name: String, _ value: (some CustomStringConvertible)?, isSecret: Bool = false) {
        self.name = name
        self.value = value?.description
        self.isSecret = isSecret
    }

    /// 2,000 bytes are what its column holds.
    var shown: String? {
        isSecret ? value.map { Secret($0).description } : value?.clipped(to: 500, bytes: 1_990)
    }
}
