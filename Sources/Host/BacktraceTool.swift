import Glibc

/// The program `swift-backtrace`, which the Swift runtime starts in a crashed process to write down its stack.
///
/// Without it a crash leaves a signal number and nothing else: a static program that has none beside it prints nothing.
package enum BacktraceTool {
    private static let name = "swift-backtrace"

    /// Where it lies: beside the program, in a `libexec/swift/linux` above it, beside the runtime that the program was started with, or in
    /// the toolchain on the PATH. Nil when there is none that may be trusted (ours or root's, and written by nobody else).
    ///
    /// A few `stat` calls; safe to call before every start of a worker.
    package static func find() -> String? {
        let maps = ProcFile.text("/proc/self/maps", limit: 256 * 1_024) ?? ""
        let path = getenv("PATH").map { String(cString: $0) } ?? ""
        return candidates(program: ProcFile.link("/proc/self/exe"), maps: maps, toolchain: compiler(on: path)).first(where: isTrusted)
    }

    /// The value of `SWIFT_BACKTRACE` for a worker: raw addresses into a file, nothing on a terminal, no symbols (they cost seconds in
    /// which the dead worker keeps its locks; measured 20–90 ms like this) and no memory (it held environment bytes).
    /// - Parameters:
    ///   - tool: `find()`; without one the runtime is told not to try, and the process is gone within 3 ms.
    ///   - output: an existing directory, which gets one JSON file for a crash. Without a comma: the value can't hold one.
    package static func setting(tool: String?, output: String) -> String {
        guard let tool, !tool.contains(","), !output.contains(",") else { return "enable=no" }
        let directory = output.hasSuffix("/") ? output : output + "/"
        return "enable=yes,interactive=no,color=no,symbolicate=off,threads=crashed,registers=none,images=mentioned,sanitize=yes,"
            + "limit=64,format=json,swift-backtrace=\(tool),output-to=\(directory)"
    }

    /// - Parameters:
    ///   - program: the running program's path.
    ///   - maps: `/proc/self/maps`.
    ///   - toolchain: the compiler's path, if there is one.
    static func candidates(program: String?, maps: String, toolchain: String?) -> [String] {
        var found: [String] = []
        if let folder = program.flatMap(folder) {
            found.append("\(folder)/\(name)")
            found.append("\(folder)/../libexec/swift/linux/\(name)")
        }
        // …/usr/lib/swift/linux/libswiftCore.so → …/usr/libexec/swift/linux/swift-backtrace
        if let library = runtimeLibrary(in: maps), let root = library.split(separator: "/lib/swift/linux/", maxSplits: 1).first {
            found.append("/\(root.drop { $0 == "/" })/libexec/swift/linux/\(name)")
        }
        if let folder = toolchain.flatMap(folder) { found.append("\(folder)/../libexec/swift/linux/\(name)") }
        return found
    }

    private static func runtimeLibrary(in maps: String) -> Substring? {
        for line in maps.split(separator: "\n") where line.hasSuffix("/libswiftCore.so") {
            guard let start = line.firstIndex(of: "/") else { continue }
            return line[start...]
        }
        return nil
    }

    private static func compiler(on path: String) -> String? {
        for folder in path.split(separator: ":") where folder.hasPrefix("/") {
            guard access("\(folder)/swift", X_OK) == 0, let real = realpath("\(folder)/swift", nil) else { continue }
            defer { free(real) }
            return String(cString: real)
        }
        return nil
    }

    private static func folder(_ path: String) -> String? {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return nil }
        return String(path[..<slash])
    }

    /// It runs in the worker's place with the worker's rights.
    private static func isTrusted(_ path: String) -> Bool {
        var facts = stat()
        guard stat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG, access(path, X_OK) == 0 else { return false }
        guard facts.st_mode & (S_IWOTH | S_IWGRP) == 0 || geteuid() != 0 else { return false }
        return facts.st_uid == 0 || facts.st_uid == geteuid()
    }
}
