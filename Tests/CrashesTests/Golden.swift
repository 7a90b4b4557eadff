import FoundationEssentials
import Testing

/// Agreed texts, a file each. `GOLDEN=write swift test` writes them anew; what changed is then read in the difference.
enum Golden {
    /// The package's folder, with a slash at its end.
    static let root = {
        let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        return parts.joined(separator: "/") + "/"
    }()

    static func text(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
    }

    static func expect(_ text: String, is name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let path = root + "Tests/CrashesTests/Golden/\(name).txt"
        if ProcessInfo.processInfo.environment["GOLDEN"] == "write" { try Data((text + "\n").utf8).write(to: URL(filePath: path)) }
        #expect(try Self.text(path) == text + "\n", sourceLocation: sourceLocation)
    }
}
