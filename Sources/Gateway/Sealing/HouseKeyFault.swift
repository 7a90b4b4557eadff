/// Why the house's key can't be used.
package enum HouseKeyFault: Error, Hashable, Sendable {
    /// `HOUSE_KEY` is not 32 bytes in base64.
    case settingMalformed
    /// The file does not hold exactly 32 bytes.
    case fileLength(path: String)
    /// Others than its owner may read or write the file.
    case filePermissions(path: String)
    /// The file can't be read or made: the system's own words.
    case file(path: String, reason: String)
    /// The database knows a key, but there is none.
    case missing(path: String)
    /// The database was sealed with another key.
    case another

    /// What happened and what to do, for people.
    package var explanation: String {
        switch self {
        case .settingMalformed: "HOUSE_KEY must be 32 bytes in base64 (44 characters), as `openssl rand -base64 32` makes them."
        case .fileLength(let path):
            """
            \(path) does not hold the 32 bytes of the house's key. Put the right file back from a backup, or move it away: the server then \
            makes a new one, and says what has to be entered again.
            """
        case .filePermissions(let path):
            "\(path) may be read or written by others. Make it the server's alone: chmod 600, and owned by the user that the server runs as."
        case .file(let path, let reason): "\(path) can't be used: \(reason). Mend that, or give the key in HOUSE_KEY."
        case .missing(let path):
            """
            The database holds credentials sealed with the house's key, but neither HOUSE_KEY nor \(path) is there. Put the key back from a \
            backup. If it is lost, start the server: it makes a new one, and says which nodes need their credential again.
            """
        case .another:
            """
            The house's key is not the one that sealed this database. Put back the key that belongs to it (HOUSE_KEY, or the file \
            house.key). If it is lost, start the server: it goes on with this one, and says which nodes need their credential again.
            """
        }
    }
}
