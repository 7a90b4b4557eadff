/// What belongs to a database without being in it, and goes along with its backups.
package enum BackupCompanion: Hashable, Sendable {
    /// One file in the data directory; it may be missing.
    case file(String)
    /// The files of a folder with this ending, which others write while they are copied: zeros at their ends are room that is not used yet.
    case log(folder: String, suffix: String)

    /// Within the data directory and within a backup.
    var path: String {
        switch self {
        case .file(let name): name
        case .log(let folder, _): folder
        }
    }
}

/// The files that companions name, held open from before the snapshot: what is moved into the database and deleted meanwhile is still there.
struct HeldCompanions {
    private var files: [(name: String, file: PlainFile, isLog: Bool)] = []
    private var folders: [String] = []

    /// - Throws: `BackupError.disk` for a file that is there and can't be read.
    init(_ companions: [BackupCompanion], in directory: String) throws(BackupError) {
        for companion in companions {
            switch companion {
            case .file(let name):
                if Folder.exists("\(directory)/\(name)") { files.append((name, try PlainFile(reading: "\(directory)/\(name)"), false)) }
            case .log(let folder, let suffix):
                folders.append(folder)
                for name in Folder.names("\(directory)/\(folder)") where name.hasSuffix(suffix) {
                    // One that goes between the two looks is in the database already.
                    guard let file = try? PlainFile(reading: "\(directory)/\(folder)/\(name)") else { continue }
                    files.append(("\(folder)/\(name)", file, true))
                }
            }
        }
    }

    /// Copies them below `target`.
    func copy(to target: String, pause: () throws -> Void) throws -> [BackupManifest.File] {
        for folder in folders { try DataDirectory.make("\(target)/\(folder)") }
        return try files.map { try $0.file.copy(to: "\(target)/\($0.name)", as: $0.name, trimming: $0.isLog, pause: pause) }
    }
}
