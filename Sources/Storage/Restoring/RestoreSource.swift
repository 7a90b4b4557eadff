import Vocabulary

/// What is to be restored: a backup with its manifest, or a bare database file.
struct RestoreSource {
    let path: String
    let manifest: BackupManifest?
    let time: Timestamp
    let bytes: Int64
    private let companions: [BackupCompanion]

    /// - Throws: `BackupError.notFound`, `damaged`.
    init(_ choice: BackupChoice, _ vault: BackupVault) throws {
        companions = vault.companions
        switch choice {
        case .newest(let time):
            guard let backup = vault.newest(at: time) else {
                throw BackupError.notFound(time.map { "at or before \($0.rfc3339) in \(vault.folder)" } ?? "in \(vault.folder)")
            }
            (path, manifest) = (backup.path, backup.manifest)
        case .named(let name):
            let places = name.contains("/") ? [name] : ["\(vault.folder)/\(name)", name]
            guard let place = places.first(where: { Folder.exists($0) }) else { throw BackupError.notFound("\"\(name)\"") }
            path = place.count > 1 && place.hasSuffix("/") ? String(place.dropLast()) : place
            manifest = BackupManifest.read(path)
        }
        if let manifest {
            time = manifest.at
            bytes = manifest.files.map(\.bytes).reduce(0, +)
        } else {
            // A folder without one was never finished, or its manifest is broken; a file is taken at its word, after a look into it.
            guard Folder.names(path).isEmpty, let size = Folder.size(path) else {
                throw BackupError.damaged(path: path, what: "\(BackupVault.manifestName) is missing or can't be read")
            }
            time = Timestamp(milliseconds: Folder.lastWrite(path) ?? 0)
            bytes = size
        }
    }

    /// Copies all files to `staging`, each compared with the manifest on its way.
    func copy(to staging: String) throws {
        for companion in companions {
            if case .log(let folder, _) = companion { try DataDirectory.make("\(staging)/\(folder)") }
        }
        guard let manifest else {
            _ = try PlainFile(reading: path).copy(to: "\(staging)/\(BackupVault.databaseName)", as: "", pause: {})
            return
        }
        guard manifest.files.contains(where: { $0.path == BackupVault.databaseName }) else {
            throw BackupError.damaged(path: path, what: "its manifest names no database")
        }
        for file in manifest.files {
            guard companions.allows(file.path) else {
                throw BackupError.damaged(path: path, what: "its manifest names the file \(file.path), which is none of ours")
            }
            let copied: BackupManifest.File
            do {
                copied = try PlainFile(reading: "\(path)/\(file.path)").copy(to: "\(staging)/\(file.path)", as: file.path, pause: {})
            } catch BackupError.disk(let path, let reason) where path.hasPrefix(self.path) {
                throw BackupError.damaged(path: self.path, what: "\(file.path): \(reason)")
            }
            guard copied == file else { throw BackupError.damaged(path: path, what: "\(file.path) is not as it was written") }
        }
    }

    func check(_ database: SQLiteFile) throws {
        do {
            guard let manifest else { return try database.checkIntegrity() }
            try manifest.check(database, path: path, pause: {})
        } catch let error as StorageError {
            throw BackupError.damaged(path: path, what: "\(error)")
        } catch BackupError.notIdentical(_, let what) {
            throw BackupError.damaged(path: path, what: what)
        }
    }
}

extension [BackupCompanion] {
    /// Whether a manifest may name this file: its text comes from outside, and must not reach out of the folder.
    fileprivate func allows(_ path: String) -> Bool {
        if path == BackupVault.databaseName { return true }
        return contains { companion in
            switch companion {
            case .file(let name): return path == name
            case .log(let folder, let suffix):
                let name = path.dropFirst(folder.count + 1)
                return path.hasPrefix(folder + "/") && !name.contains("/") && name.hasSuffix(suffix)
            }
        }
    }
}
