import Crypto
package import Vocabulary

/// The secret of the house: seals what must be read again (credentials of nodes) and marks what must only be known again (clients' keys).
///
/// Each use has a key of its own, derived by HKDF-SHA256 (RFC 5869) with a label, so that one use can never stand for another.
/// Threat: a stolen copy of the database. Without the key it holds neither a usable credential nor anything to test guesses with.
package struct HouseKey: Sendable {
    /// Of the key itself.
    package static let length = 32
    private let sealing: SymmetricKey
    private let hashing: SymmetricKey
    /// Says which key this is, and nothing about it.
    let mark: [UInt8]

    /// - Throws: `HouseKeyFault.settingMalformed` unless there are exactly 32 bytes.
    package init(_ bytes: Secret<[UInt8]>) throws(HouseKeyFault) {
        let bytes = bytes.reveal()
        guard bytes.count == Self.length else { throw .settingMalformed }
        let root = SymmetricKey(data: bytes)
        sealing = Self.derived(from: root, "switchboard seal 1")
        hashing = Self.derived(from: root, "switchboard client keys 1")
        mark = Self.derived(from: root, "switchboard mark 1").withUnsafeBytes { Array($0) }
    }

    /// A new one from the system's random source.
    static func make() -> Secret<[UInt8]> {
        Secret(SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) })
    }

    /// HMAC-SHA256 of a client's key: 32 bytes. About a microsecond, and it may take any text.
    package func hash(of presented: String) -> KeyHash {
        KeyHash(HMAC<SHA256>.authenticationCode(for: Array(presented.utf8), using: hashing))
    }

    private static func derived(from root: SymmetricKey, _ label: String) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(inputKeyMaterial: root, info: Array(label.utf8), outputByteCount: length)
    }
}

extension HouseKey {
    private static let version: UInt8 = 1

    /// AES-256-GCM: one byte of version, 12 of nonce, the text, 16 of tag.
    /// - Parameter owner: what it belongs to (a node's id). Goes into the tag, so that a row's credential is useless in another row.
    package func seal(_ text: Secret<String>, for owner: String) throws(GatewayError) -> [UInt8] {
        do {
            let box = try AES.GCM.seal(Array(text.reveal().utf8), using: sealing, authenticating: Array(owner.utf8))
            return [Self.version] + Array(box.nonce) + Array(box.ciphertext) + Array(box.tag)
        } catch {
            throw .unsealable
        }
    }

    /// - Throws: `GatewayError.unsealable` when it was not sealed with this key for this owner.
    package func open(_ sealed: [UInt8], for owner: String) throws(GatewayError) -> Secret<String> {
        guard sealed.first == Self.version else { throw .unsealable }
        do {
            let box = try AES.GCM.SealedBox(combined: sealed.dropFirst())
            let bytes = try AES.GCM.open(box, using: sealing, authenticating: Array(owner.utf8))
            guard let text = String(validating: bytes, as: UTF8.self) else { throw GatewayError.unsealable }
            return Secret(text)
        } catch {
            throw .unsealable
        }
    }
}
