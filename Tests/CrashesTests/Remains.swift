import FoundationEssentials

@testable import Crashes

/// Evidence for tests.
enum Remains {
    static func decode(_ json: some Sequence<UInt8>) throws -> Certificate {
        try JSONDecoder().decode(Certificate.self, from: Data(json))
    }

    static func decode(_ json: String) throws -> Certificate { try decode(json.utf8) }

    /// A folder of evidence with these files.
    @discardableResult
    static func folder(_ name: String, in directory: String, _ files: [String: [UInt8]]) throws -> String {
        let path = "\(directory)/\(name)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for (file, bytes) in files { try Data(bytes).write(to: URL(filePath: "\(path)/\(file)")) }
        return path
    }

    static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }
}
