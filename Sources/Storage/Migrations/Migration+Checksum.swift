import Crypto

extension Migration {
    /// SHA-256 of the statements in order, in hexadecimal. The title is not in it: words may be mended.
    package var checksum: String {
        var hash = SHA256()
        for statement in statements {
            let bytes = Array(statement.utf8)
            // The length first, so that text can't move from one statement to the next unseen.
            hash.update(data: Array("\(bytes.count):".utf8))
            hash.update(data: bytes)
        }
        return Hexadecimal.write(hash.finalize())
    }
}
