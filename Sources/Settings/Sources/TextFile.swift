#if canImport(Glibc)
    import Glibc
#endif

/// A small file of UTF-8.
enum TextFile {
    enum Outcome {
        case text(String)
        /// There is no such file.
        case absent
        case unreadable(reason: String)
    }

    /// More is no settings file.
    private static let limit = 1_048_576

    static func read(_ path: String) -> Outcome {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { return errno == ENOENT ? .absent : .unreadable(reason: String(cString: strerror(errno))) }
        defer { close(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(file, &buffer, buffer.count)
            guard count >= 0 else { return .unreadable(reason: String(cString: strerror(errno))) }
            guard count > 0 else { break }
            bytes += buffer.prefix(count)
            guard bytes.count <= limit else { return .unreadable(reason: "it is larger than 1 MiB") }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { return .unreadable(reason: "it is not UTF-8") }
        return .text(text)
    }

    /// `path` as meant from `directory`.
    static func resolve(_ path: String, in directory: String) -> String {
        path.hasPrefix("/") ? path : directory + "/" + path
    }
}
