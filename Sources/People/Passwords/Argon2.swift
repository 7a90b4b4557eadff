import CSodium

/// libsodium's argon2id, as values.
enum Argon2 {
    /// Nil when memory is short.
    static func hash(_ password: String, _ cost: PasswordHasher.Cost) -> String? {
        var out = [CChar](repeating: 0, count: Int(crypto_pwhash_argon2id_STRBYTES))
        let length = UInt64(password.utf8.count)
        guard crypto_pwhash_argon2id_str(&out, password, length, cost.passes, cost.memory) == 0 else { return nil }
        return String(decoding: out.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    static func verify(_ password: String, _ stored: String, _ cost: PasswordHasher.Cost) -> PasswordHasher.Verdict {
        guard crypto_pwhash_argon2id_str_verify(stored, password, UInt64(password.utf8.count)) == 0 else { return .wrong }
        return crypto_pwhash_argon2id_str_needs_rehash(stored, cost.passes, cost.memory) == 0 ? .right : .rightButOutdated
    }
}
