import CLinux
import Glibc

/// A program file that workers are started from. Held by a handle: what was looked at is what is started, whatever its name means by then.
final class Program: Sendable {
    /// The one that this process runs.
    static let own = Program()
    /// The name by which this process was started, absolute: where a new release appears. Nil where that is not known.
    ///
    /// Ask for it first when the process still is in the directory that it was started in.
    static let name: String? = {
        guard let text = clinux_exec_name().map({ String(cString: $0) }), !text.isEmpty else { return nil }
        if text.hasPrefix("/") { return text }
        guard let here = getcwd(nil, 0) else { return nil }
        defer { free(here) }
        return "\(String(cString: here))/\(text)"
    }()

    /// Nil for the own one.
    let path: String?
    private let descriptor: Int32
    private let identity: Identity?

    private struct Identity: Equatable {
        let device: UInt64
        let number: UInt64
    }

    private init() {
        (path, descriptor) = (nil, -1)
        var facts = stat()
        identity = stat("/proc/self/exe", &facts) == 0 ? Identity(device: UInt64(facts.st_dev), number: UInt64(facts.st_ino)) : nil
    }

    private init(path: String, descriptor: Int32, identity: Identity) {
        (self.path, self.descriptor, self.identity) = (path, descriptor, identity)
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    var isOwn: Bool { path == nil }

    /// What a child is started from; nil: as every other child. Open in the child, too: a script's interpreter reads it by this name.
    var handle: Int32? { isOwn ? nil : descriptor }

    /// The file that lies under a name now.
    /// - Throws: why it can't be used, a part of a sentence.
    static func find(_ name: String) throws(ProgramFailure) -> Program {
        let opened = clinux_open_path(name)
        guard opened >= 0 else { throw ProgramFailure(String(cString: strerror(errno))) }
        defer { close(opened) }
        var facts = stat()
        guard fstat(opened, &facts) == 0 else { throw ProgramFailure(String(cString: strerror(errno))) }
        guard facts.st_mode & S_IFMT == S_IFREG, facts.st_mode & 0o111 != 0 else { throw ProgramFailure("it is no program") }
        // Whoever may write it would be us.
        guard facts.st_mode & 0o002 == 0 else { throw ProgramFailure("everybody may write it") }
        let identity = Identity(device: UInt64(facts.st_dev), number: UInt64(facts.st_ino))
        if identity == own.identity { return own }
        // Far away from where children get their descriptors.
        let kept = fcntl(opened, F_DUPFD_CLOEXEC, 100)
        guard kept >= 0 else { throw ProgramFailure(String(cString: strerror(errno))) }
        return Program(path: name, descriptor: kept, identity: identity)
    }

    /// The same file.
    func isSame(as other: Program) -> Bool { identity != nil && identity == other.identity }
}

/// Why a program can't be used.
struct ProgramFailure: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }
}
