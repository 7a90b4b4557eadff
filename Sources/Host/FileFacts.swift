import Glibc

/// What stat(2) tells of a file or folder.
package struct FileFacts: Sendable {
    package let size: Int64
    /// Permission bits.
    package let mode: UInt32
    package let user: UInt32
    package let device: UInt64
    package let number: UInt64
    package let isFolder: Bool

    /// Nil when it isn't there or can't be looked at.
    package init?(_ path: String) {
        var facts = stat()
        guard stat(path, &facts) == 0 else { return nil }
        size = Int64(facts.st_size)
        mode = facts.st_mode & 0o7777
        user = facts.st_uid
        device = UInt64(facts.st_dev)
        number = UInt64(facts.st_ino)
        isFolder = facts.st_mode & S_IFMT == S_IFDIR
    }

    /// Others than the owner may read, write or enter it.
    package var isOpenToOthers: Bool { mode & 0o077 != 0 }

    package var modeText: String { "0" + String(mode, radix: 8) }

    /// Why a file can't be opened, in the system's words.
    package static func reason(_ path: String, _ mode: Int32) -> String? {
        access(path, mode) == 0 ? nil : String(cString: strerror(errno))
    }
}
