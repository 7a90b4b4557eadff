import FoundationEssentials

/// The folder of assets beside the program.
///
/// Looked up by ourselves: `Bundle.module` ends the process when its folder is missing.
enum AssetFolder {
    private static let name = "switchboard_Console.resources/Assets"

    /// - Throws: `ConsoleError.resourcesMissing`.
    static func locate() throws(ConsoleError) -> String {
        let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments.first ?? ""
        let folder = program.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        let path = "\(folder)/\(name)"
        guard FileManager.default.fileExists(atPath: path) else { throw .resourcesMissing(path: path) }
        return path
    }

    /// All files below `folder` with their paths in it.
    static func files(in folder: String) throws(ConsoleError) -> [(path: String, bytes: [UInt8])] {
        // With a slash at its end a folder that is a link is entered, too.
        guard let paths = try? FileManager.default.subpathsOfDirectory(atPath: "\(folder)/") else { throw .unreadable(path: folder) }
        var files: [(path: String, bytes: [UInt8])] = []
        for path in paths.sorted() where isFile("\(folder)/\(path)") {
            guard let data = FileManager.default.contents(atPath: "\(folder)/\(path)") else { throw .unreadable(path: path) }
            files.append((path, Array(data)))
        }
        return files
    }

    private static func isFile(_ path: String) -> Bool {
        var isDirectory = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && !isDirectory
    }
}
