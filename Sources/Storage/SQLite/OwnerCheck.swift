#if canImport(Glibc)
    import Glibc
#endif

/// Keeps a person who became root for a command from leaving files behind that the server can't open afterwards.
package enum OwnerCheck {
    /// - Throws: `BackupError.notOwner` when the database of `directory` belongs to another user than this process's.
    package static func check(_ directory: String) throws {
        let path = "\(directory)/\(BackupVault.databaseName)"
        guard let owner = Folder.owner(path), owner != geteuid() else { return }
        throw BackupError.notOwner(path: path, owner: SystemText.user(owner))
    }
}
