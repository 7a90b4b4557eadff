import Vocabulary

/// What a new password must be: long enough, and not among the first that anybody would try.
///
/// No rules about kinds of characters: they make passwords worse (NIST SP 800-63B section 5.1.1.2).
enum PasswordRules {
    static let length = 10...200

    static func checked(
        _ password: Secret<String>, email: EmailAddress?, field: FieldFault.Field = .password
    ) throws(FieldFault) -> Secret<String> {
        if let reason = fault(of: password.reveal(), email: email) { throw FieldFault(field: field, reason: reason) }
        return password
    }

    static func fault(of password: String, email: EmailAddress?) -> FieldFault.Reason? {
        // Bytes first: a single character may hide kilobytes of combining marks.
        guard password.utf8.count <= 2_000, length.contains(password.count) else { return .passwordLength }
        let folded = password.trimmed.lowercased()
        if let email, folded == email.text || folded == email.local { return .passwordIsEmail }
        return CommonPasswords.contains(folded) ? .passwordCommon : nil
    }
}
